/** Units that intervals are estimated from. */

export interface Interval {
  low: number;
  high: number;
}

/** For each unit, numbers that are summed over units. */
export type Rows = readonly (readonly number[])[];

/** Sparse form, for thousands of mostly zero columns: the nonzero numbers of each row with their columns, ascending. */
export interface Sparse {
  width: number;
  rows: readonly SparseRow[];
}
export interface SparseRow {
  columns: readonly number[];
  values: readonly number[];
}

export function sparse(row: readonly number[]): SparseRow {
  const columns: number[] = [];
  for (let column = 0; column < row.length; column++) if (row[column] !== 0) columns.push(column);
  return { columns, values: columns.map((column) => row[column]!) };
}
export const sparseOf = (rows: Rows): Sparse => ({ width: rows[0]!.length, rows: rows.map(sparse) });
export const denseOf = ({ width, rows }: Sparse): Rows => rows.map((row) => sumOf(width, [row]));

/** Range of possible values. */
export interface Bounds {
  min?: number;
  max?: number;
}

/** A value computed from sums. */
export interface Statistic extends Bounds {
  of(sums: readonly number[]): number;
  /** The value is the exponential of a mean: the error of its logarithm is symmetric, not its own. */
  isExponential?: boolean;
}

/** Sums of each column; at least one row. */
export function summed(rows: Rows): readonly number[] {
  const sums = new Array<number>(rows[0]!.length).fill(0);
  for (const row of rows) for (let i = 0; i < sums.length; i++) sums[i]! += row[i]!;
  return sums;
}

/** Sums of each column, bit for bit equal to dense ones, because adding 0 changes nothing. */
export function sumOf(width: number, rows: readonly SparseRow[]): number[] {
  const sums = new Array<number>(width).fill(0);
  for (const { columns, values } of rows) for (let i = 0; i < columns.length; i++) sums[columns[i]!]! += values[i]!;
  return sums;
}

/** Maximum number of units; more don't improve an interval, and take longer. */
const MAX = 2000;

/** Merges adjacent units until at most `MAX` are left: adjacent ones may be correlated, and then count as one. */
export function merged({ width, rows }: Sparse): Sparse {
  const size = Math.ceil(rows.length / MAX);
  if (size <= 1) return { width, rows };
  const units = Array.from({ length: Math.ceil(rows.length / size) }, (_, i) =>
    sparse(sumOf(width, rows.slice(i * size, (i + 1) * size))),
  );
  return { width, rows: units };
}

/** Merges units with 0 in `column` with the previous one, because their ratios would be NaN. */
export function folded(rows: Rows, column: number): Rows {
  const all: (readonly number[])[] = [];
  for (const row of rows) {
    const last = all.at(-1);
    if (last && (row[column] === 0 || last[column] === 0)) all[all.length - 1] = summed([last, row]);
    else all.push(row);
  }
  return all;
}
