/**
 * Counts of words and word pairs in a text, hashed into 10,000 buckets. A run of letters and digits is a word, and so
 * is a run of signs; all in lowercase. In scripts without spaces between words, each character is a word.
 *
 * Source: Xie et al. 2023 (DSIR), HashedNgramDSIR of PyPI's data-selection with its tokenizer `wordpunct`
 */
export class NgramCounts {
  /** Total count over all buckets. */
  total = 0;
  readonly counts = new Uint32Array(BUCKETS);
  /** Nonempty buckets, in order of first use. */
  readonly used: number[] = [];
  /** 32-bit hash of the bucket sequence; equal for equal texts. */
  hash = FNV_BASIS;
  private previousWord = 0;
  private hasPreviousWord = false;

  /** Adds more of the text, which continues after a space. */
  add(text: string): void {
    classes ??= classify();
    const lower = text.toLowerCase();
    const { length } = lower;
    for (let index = 0; index < length;) {
      const kind = classes[lower.charCodeAt(index)]!;
      if (kind === SPACE) {
        index++;
        continue;
      }
      let word = FNV_BASIS;
      let pair = Math.imul(this.previousWord ^ 0x20, FNV_PRIME);
      do {
        const code = lower.charCodeAt(index++);
        word = Math.imul(word ^ code, FNV_PRIME);
        pair = Math.imul(pair ^ code, FNV_PRIME);
      } while (kind !== SINGLE && index < length && classes[lower.charCodeAt(index)] === kind);
      this.count(word);
      if (this.hasPreviousWord) this.count(pair);
      this.previousWord = word;
      this.hasPreviousWord = true;
    }
  }

  private count(hash: number): void {
    const bucket = ((hash ^ (hash >>> 16)) >>> 0) % BUCKETS;
    if (this.counts[bucket]!++ === 0) this.used.push(bucket);
    this.total++;
    this.hash = Math.imul(this.hash ^ bucket, FNV_PRIME);
  }
}
export const BUCKETS = 10_000;

/** Offset basis of FNV-1a, over UTF-16 code units. */
const FNV_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

const SPACE = 0;
const SIGN = 1;
const WORD = 2;
const SINGLE = 3;
/** Class of each code unit, computed once. Surrogates count as parts of words. */
let classes: Uint8Array | undefined;
function classify(): Uint8Array {
  const table = new Uint8Array(0x10000).fill(SIGN);
  const units = Array.from(table, (_, code) => String.fromCharCode(code)).join('');
  const set = (pattern: RegExp, kind: number) => {
    for (const { index } of units.matchAll(pattern)) table[index] = kind;
  };
  set(/[\s\x1c-\x1f\x85]/g, SPACE);
  set(/[\p{L}\p{N}_]/gu, WORD);
  set(/(?=\p{L})[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/gu, SINGLE);
  table.fill(WORD, 0xd800, 0xe000);
  return table;
}
