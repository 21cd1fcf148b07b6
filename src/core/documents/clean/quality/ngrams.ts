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
  hash = BASIS;
  private before = 0;
  private hasBefore = false;

  /** Adds more of the text, which continues after a space. */
  add(text: string): void {
    classes ??= classify();
    const lower = text.toLowerCase();
    const { length } = lower;
    for (let at = 0; at < length;) {
      const kind = classes[lower.charCodeAt(at)]!;
      if (kind === SPACE) {
        at++;
        continue;
      }
      let word = BASIS;
      let pair = Math.imul(this.before ^ 0x20, PRIME);
      do {
        const code = lower.charCodeAt(at++);
        word = Math.imul(word ^ code, PRIME);
        pair = Math.imul(pair ^ code, PRIME);
      } while (kind !== ALONE && at < length && classes[lower.charCodeAt(at)] === kind);
      this.count(word);
      if (this.hasBefore) this.count(pair);
      this.before = word;
      this.hasBefore = true;
    }
  }

  private count(hash: number): void {
    const bucket = ((hash ^ (hash >>> 16)) >>> 0) % BUCKETS;
    if (this.counts[bucket]!++ === 0) this.used.push(bucket);
    this.total++;
    this.hash = Math.imul(this.hash ^ bucket, PRIME);
  }
}
export const BUCKETS = 10_000;

/** Offset basis of FNV-1a, over UTF-16 code units. */
const BASIS = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

const SPACE = 0;
const SIGN = 1;
const WORD = 2;
const ALONE = 3;
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
  set(/(?=\p{L})[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/gu, ALONE);
  table.fill(WORD, 0xd800, 0xe000);
  return table;
}
