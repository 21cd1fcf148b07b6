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
  private none = Infinity;
  add({ count, hashes, characters }: Words): void {
    const all = this.count + count;
    if (all > this.hashes.length) {
      this.hashes = grown(this.hashes, 2 * all);
      this.ends = grown(this.ends, 2 * all + 1);
    }
    this.hashes.set(hashes.subarray(0, count), this.count);
    for (let i = 0; i < count; i++) this.ends[this.count + i + 1] = this.ends[this.count + i]! + characters[i]!;
    this.count = all;
  }

  /** Characters of the most frequent n-gram (the first of equals), joined by spaces, times its count. */
  charactersOfTop(n: number): number {
    if (this.count < n) return 0;
    if (n >= this.none) return this.charactersOf(0, n) + n - 1;
    const { grams, prefix, power } = this.start(n);
    const times = new Int32Array(this.count);
    let top = -1;
    for (let at = 0; at + n <= this.count; at++) {
      const first = grams.firstOf(at, prefix[at + n]! - Math.imul(prefix[at]!, power));
      times[first]!++;
      if (top < 0 || times[first]! > times[top]! || (times[first] === times[top] && first < top)) top = first;
    }
    if (times[top] === 1) this.none = n;
    return (this.charactersOf(top, n) + n - 1) * times[top]!;
  }

  /** Characters in n-grams that occurred before, each word counted once. */
  charactersOfRepeated(n: number): number {
    if (n >= this.none) return 0;
    const { grams, prefix, power } = this.start(n);
    let characters = 0;
    for (let at = 0; at + n <= this.count;) {
      const first = grams.firstOf(at, prefix[at + n]! - Math.imul(prefix[at]!, power));
      if (first !== at) characters += this.charactersOf(at, n);
      at += first === at ? 1 : n;
    }
    if (characters === 0) this.none = n;
    return characters;
  }

  private charactersOf(at: number, n: number): number {
    return this.ends[at + n]! - this.ends[at]!;
  }

  /** Polynomial hashes (Rabin and Karp): the hash of any sequence of words follows from those of two prefixes. */
  private start(n: number): { grams: FirstPlaces; prefix: Int32Array; power: number } {
    if (this.prefix?.length !== this.count + 1) {
      this.prefix = new Int32Array(this.count + 1);
      for (let i = 0; i < this.count; i++)
        this.prefix[i + 1] = (Math.imul(this.prefix[i]!, FACTOR) + this.hashes[i]!) | 0;
    }
    let power = 1;
    for (let i = 0; i < n; i++) power = Math.imul(power, FACTOR);
    return { grams: new FirstPlaces(this.hashes, this.count, n), prefix: this.prefix, power };
  }
  private prefix?: Int32Array;
}
const FACTOR = 0x9e3779b1 | 0;

/** Hash table of n-grams: index of the first occurrence of each. */
class FirstPlaces {
  private readonly places: Int32Array;
  private readonly mask: number;
  constructor(
    private readonly hashes: Int32Array,
    count: number,
    private readonly n: number,
  ) {
    this.places = new Int32Array(1 << (33 - Math.clz32(count | 7))).fill(-1);
    this.mask = this.places.length - 1;
  }
  /** Place of the first n-gram equal to the one at `at`, whose hash is given; `at` itself if it is new. */
  firstOf(at: number, hash: number): number {
    const mixed = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 13)) & this.mask;
    for (; ; slot = (slot + 1) & this.mask) {
      const place = this.places[slot]!;
      if (place < 0) return (this.places[slot] = at);
      if (this.isSame(place, at)) return place;
    }
  }
  private isSame(a: number, b: number): boolean {
    for (let i = 0; i < this.n; i++) if (this.hashes[a + i] !== this.hashes[b + i]) return false;
    return true;
  }
}

function grown(from: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(length);
  to.set(from);
  return to;
}
