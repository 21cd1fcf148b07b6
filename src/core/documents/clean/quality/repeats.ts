/** Counts repeated characters in a document, as datatrove's GopherRepetitionFilter does. */
import type { Words } from './words';

/** Counts pieces that occurred before. */
export class Repeats {
  pieces = 0;
  repeated = 0;
  /** In code points. */
  repeatedCharacters = 0;
  private readonly seen = new Set<string>();
  add(piece: string, characters: number): void {
    this.pieces++;
    const before = this.seen.size;
    if (this.seen.add(piece).size > before) return;
    this.repeated++;
    this.repeatedCharacters += characters;
  }
}

/** Word hashes of a document, in order. */
export class WordSequence {
  count = 0;
  private hashes = new Int32Array(1024);
  /** Total code points before each word. */
  private ends = new Int32Array(1025);
  /** Minimum n for which no n-gram is repeated. */
  private minUnrepeated = Infinity;
  add({ count, hashes, characters }: Words): void {
    const total = this.count + count;
    if (total > this.hashes.length) {
      this.hashes = grow(this.hashes, 2 * total);
      this.ends = grow(this.ends, 2 * total + 1);
    }
    this.hashes.set(hashes.subarray(0, count), this.count);
    for (let i = 0; i < count; i++) this.ends[this.count + i + 1] = this.ends[this.count + i]! + characters[i]!;
    this.count = total;
  }

  /** Characters of the most frequent n-gram (the first of equals), joined by spaces, times its count. */
  topNgramCharacters(n: number): number {
    if (this.count < n) return 0;
    if (n >= this.minUnrepeated) return this.ngramCharacters(0, n) + n - 1;
    const { occurrences, prefix, power } = this.prepare(n);
    const counts = new Int32Array(this.count);
    let top = -1;
    for (let index = 0; index + n <= this.count; index++) {
      const first = occurrences.firstIndexOf(index, prefix[index + n]! - Math.imul(prefix[index]!, power));
      counts[first]!++;
      if (top < 0 || counts[first]! > counts[top]! || (counts[first] === counts[top] && first < top)) top = first;
    }
    if (counts[top] === 1) this.minUnrepeated = n;
    return (this.ngramCharacters(top, n) + n - 1) * counts[top]!;
  }

  /** Characters in n-grams that occurred before, each word counted once. */
  repeatedNgramCharacters(n: number): number {
    if (n >= this.minUnrepeated) return 0;
    const { occurrences, prefix, power } = this.prepare(n);
    let characters = 0;
    for (let index = 0; index + n <= this.count;) {
      const first = occurrences.firstIndexOf(index, prefix[index + n]! - Math.imul(prefix[index]!, power));
      if (first !== index) characters += this.ngramCharacters(index, n);
      index += first === index ? 1 : n;
    }
    if (characters === 0) this.minUnrepeated = n;
    return characters;
  }

  private ngramCharacters(index: number, n: number): number {
    return this.ends[index + n]! - this.ends[index]!;
  }

  /** Polynomial hashes (Rabin and Karp): the hash of any sequence of words follows from those of two prefixes. */
  private prepare(n: number): { occurrences: FirstOccurrences; prefix: Int32Array; power: number } {
    if (this.prefix?.length !== this.count + 1) {
      this.prefix = new Int32Array(this.count + 1);
      for (let i = 0; i < this.count; i++)
        this.prefix[i + 1] = (Math.imul(this.prefix[i]!, FACTOR) + this.hashes[i]!) | 0;
    }
    let power = 1;
    for (let i = 0; i < n; i++) power = Math.imul(power, FACTOR);
    return { occurrences: new FirstOccurrences(this.hashes, this.count, n), prefix: this.prefix, power };
  }
  private prefix?: Int32Array;
}
const FACTOR = 0x9e3779b1 | 0;

/** Hash table of n-grams: index of the first occurrence of each. */
class FirstOccurrences {
  private readonly slots: Int32Array;
  private readonly mask: number;
  constructor(
    private readonly hashes: Int32Array,
    count: number,
    private readonly n: number,
  ) {
    this.slots = new Int32Array(1 << (33 - Math.clz32(count | 7))).fill(-1);
    this.mask = this.slots.length - 1;
  }
  /** Place of the first n-gram equal to the one at `at`, whose hash is given; `at` itself if it is new. */
  firstIndexOf(index: number, hash: number): number {
    const mix = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    let slot = (mix ^ (mix >>> 13)) & this.mask;
    for (; ; slot = (slot + 1) & this.mask) {
      const occurrence = this.slots[slot]!;
      if (occurrence < 0) return (this.slots[slot] = index);
      if (this.isSame(occurrence, index)) return occurrence;
    }
  }
  private isSame(a: number, b: number): boolean {
    for (let i = 0; i < this.n; i++) if (this.hashes[a + i] !== this.hashes[b + i]) return false;
    return true;
  }
}

function grow(source: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const target = new Int32Array(length);
  target.set(source);
  return target;
}
