/** Jackknife: leaves out each unit in turn. */
import { student } from './student';
import { type Bounds, type Interval, type Rows, type Statistic, summed } from './units';

/**
 * Interval by Student's t with n - 1 degrees of freedom for n units: exact for means of normal values at any n.
 * @returns undefined for one unit, or if all units are equal
 * Source: Tukey 1958, "Bias and confidence in not-quite large samples"
 */
export function jackknife(rows: Rows, { of, isExponential = false, ...bounds }: Statistic): Interval | undefined {
  if (rows.length < 2) return undefined;
  const all = summed(rows);
  const scaled = (sums: readonly number[]): number => (isExponential ? Math.log(of(sums)) : of(sums));
  const others = rows.map((row) => scaled(all.map((sum, column) => sum - row[column]!)));
  const interval = around(scaled(all), others, bounds);
  if (!interval || !isExponential) return interval;
  return { low: Math.exp(interval.low), high: Math.exp(interval.high) };
}

/** Interval around a value. @param others the value without each unit */
export function around(
  value: number,
  others: readonly number[],
  { min = -Infinity, max = Infinity }: Bounds,
): Interval | undefined {
  const n = others.length;
  const mean = others.reduce((a, b) => a + b, 0) / n;
  const deviation = Math.sqrt((others.reduce((sum, other) => sum + (other - mean) ** 2, 0) * (n - 1)) / n);
  // Values that differ only by rounding count as equal.
  if (!(deviation > 1e-9 * Math.abs(value))) return undefined;
  const half = student(n - 1) * deviation;
  return { low: Math.max(min, value - half), high: Math.min(max, value + half) };
}
