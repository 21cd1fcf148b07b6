/**
 * Counts the documents that contain each line in a fixed 64 MiB: a count-min sketch (Cormode and Muthukrishnan 2005)
 * with four rows. A count is never too low. It is too high if other lines collide with a line in all four rows. With
 * ten million different lines, 100,000 of them over the limit, this happens for about one line in 50 million (0.012⁴).
 * Sums do not depend on the order of documents.
 */
import type { LineKey } from './lines';

const ROWS = 4;
const COLUMNS = 2 ** 23;
export const MAX_LINE_COUNT = 0xffff;

export class LineCounts {
  private readonly counts = new Uint16Array(ROWS * COLUMNS);

  /** @param keys `first` and `second` of each line; batches overlap the cache misses */
  add(keys: readonly number[]): void {
    for (let row = 0; row < ROWS; row++)
      for (let i = 0; i < keys.length; i += 2) {
        const index = indexIn(row, keys[i]!, keys[i + 1]!);
        if (this.counts[index]! < MAX_LINE_COUNT) this.counts[index]!++;
      }
  }
  /** One row decides for most lines; every further row is a cache miss. */
  isMoreThan(count: number, { first, second }: LineKey): boolean {
    for (let row = 0; row < ROWS; row++) if (this.counts[indexIn(row, first, second)]! <= count) return false;
    return true;
  }
}

/** Two hashes suffice for all rows (Kirsch and Mitzenmacher 2006). */
const indexIn = (row: number, first: number, second: number) =>
  row * COLUMNS + ((Math.imul(row, second | 1) + first) & (COLUMNS - 1));
