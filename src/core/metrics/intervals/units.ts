/** What intervals are made of. */

export interface Interval {
  low: number;
  high: number;
}

/** Of each unit, numbers that add up over all of them. */
export type Rows = readonly (readonly number[])[];

/** What a value can be. */
export interface Bounds {
  least?: number;
  most?: number;
}

/** A value of sums. */
export interface Statistic extends Bounds {
  of(sums: readonly number[]): number;
  /** It is the exponential of a mean: its logarithm is as likely too high as too low, and not itself. */
  isExponential?: boolean;
}

/** Column by column; of some rows. */
export function summed(rows: Rows): readonly number[] {
  const sums = new Array<number>(rows[0]!.length).fill(0);
  for (const row of rows) for (let i = 0; i < sums.length; i++) sums[i]! += row[i]!;
  return sums;
}

/** Beyond so many units, an interval tells no more, and takes longer. */
const MOST = 2000;

/** Neighbours together, as few as leave no more than that: neighbours may be alike, and then count as one. */
export function merged(rows: Rows): Rows {
  const size = Math.ceil(rows.length / MOST);
  if (size <= 1) return rows;
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => summed(rows.slice(i * size, (i + 1) * size)));
}

/** Units of nothing, by what is in a column, with the one before: a share of nothing is no number. */
export function folded(rows: Rows, column: number): Rows {
  const all: (readonly number[])[] = [];
  for (const row of rows) {
    const last = all.at(-1);
    if (last && (row[column] === 0 || last[column] === 0)) all[all.length - 1] = summed([last, row]);
    else all.push(row);
  }
  return all;
}
