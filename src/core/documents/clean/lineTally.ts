/** How often each line is in one document: a hash table of 16 bytes a place, for a Map of as many numbers takes five times as long. */
import type { LineKey } from './lines';

/** Of a place: both hashes, and how often; 0 is a free one. */
const WORDS = 4;

export class LineTally {
  private places = 64;
  private words = new Uint32Array(WORDS * this.places);
  /** Different lines. */
  size = 0;

  /** @param most lines; another than these is not counted, and is always new  -> how often it was counted before */
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
