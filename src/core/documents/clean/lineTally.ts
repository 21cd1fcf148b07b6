/** Counts lines of a document in a hash table with 16 bytes a slot. A Map takes five times as long. */
import type { LineKey } from './lines';

/** Words of a slot: two hashes, the count (0 if free), and one unused. */
const WORDS = 4;

export class LineTally {
  private places = 64;
  private words = new Uint32Array(WORDS * this.places);
  /** Number of distinct lines. */
  size = 0;

  /** Counts a line. @param max distinct lines; further ones aren't counted and always seem new  -> the count before */
  add({ first, second }: LineKey, max: number): number {
    let at = this.placeOf(first, second);
    const before = this.words[at + 2]!;
    if (before === 0) {
      if (this.size === max) return 0;
      if (2 * ++this.size > this.places) {
        this.grow();
        at = this.placeOf(first, second);
      }
      this.words[at] = first;
      this.words[at + 1] = second;
    }
    this.words[at + 2] = before + 1;
    return before;
  }

  private placeOf(first: number, second: number): number {
    const mask = WORDS * this.places - 1;
    let at = (WORDS * first) & mask;
    while (this.words[at + 2] !== 0 && (this.words[at] !== first || this.words[at + 1] !== second))
      at = (at + WORDS) & mask;
    return at;
  }
  private grow(): void {
    const former = this.words;
    this.places *= 2;
    this.words = new Uint32Array(WORDS * this.places);
    for (let from = 0; from < former.length; from += WORDS) {
      if (former[from + 2] === 0) continue;
      this.words.set(former.subarray(from, from + 3), this.placeOf(former[from]!, former[from + 1]!));
    }
  }
}
