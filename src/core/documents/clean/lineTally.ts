/** Counts lines of a document in a hash table with 16 bytes a slot. A Map takes five times as long. */
import type { LineKey } from './lines';

/** Words of a slot: two hashes, the count (0 if free), and one unused. */
const WORDS = 4;

export class LineTally {
  private slots = 64;
  private words = new Uint32Array(WORDS * this.slots);
  /** Number of distinct lines. */
  size = 0;

  /** Counts a line. @param max distinct lines; further ones aren't counted and always seem new  -> the count before */
  add({ first, second }: LineKey, max: number): number {
    let slot = this.slotOf(first, second);
    const before = this.words[slot + 2]!;
    if (before === 0) {
      if (this.size === max) return 0;
      if (2 * ++this.size > this.slots) {
        this.grow();
        slot = this.slotOf(first, second);
      }
      this.words[slot] = first;
      this.words[slot + 1] = second;
    }
    this.words[slot + 2] = before + 1;
    return before;
  }

  private slotOf(first: number, second: number): number {
    const mask = WORDS * this.slots - 1;
    let slot = (WORDS * first) & mask;
    while (this.words[slot + 2] !== 0 && (this.words[slot] !== first || this.words[slot + 1] !== second))
      slot = (slot + WORDS) & mask;
    return slot;
  }
  private grow(): void {
    const previous = this.words;
    this.slots *= 2;
    this.words = new Uint32Array(WORDS * this.slots);
    for (let from = 0; from < previous.length; from += WORDS) {
      if (previous[from + 2] === 0) continue;
      this.words.set(previous.subarray(from, from + 3), this.slotOf(previous[from]!, previous[from + 1]!));
    }
  }
}
