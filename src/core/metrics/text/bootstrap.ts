/** How much a value depends on which units happened to be measured: documents, blocks or pairs. */
import { stream } from '../../base/rng';
import { summed } from './textMetric';

/** Where a value lies with 95 % confidence. */
export interface Interval {
  low: number;
  high: number;
}

/**
 * The percentile interval: units drawn again, as many, with replacement, a thousand times.
 * @param rows of each unit, what adds up
 * @param score the value of sums
 * Source: Efron 1979; for scores of corpora Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation"
 */
export function bootstrap(
  rows: readonly (readonly number[])[],
  score: (sums: readonly number[]) => number,
  { seed = 0, resamples = RESAMPLES } = {},
): Interval {
  const values = resampled(rows, score, seed, resamples).sort((a, b) => a - b);
  return { low: quantile(values, 0.025), high: quantile(values, 0.975) };
}

/** Values of so many drawings; those of two systems that were measured on the same units belong together, one by one. */
export function resampled(
  rows: readonly (readonly number[])[],
  score: (sums: readonly number[]) => number,
  seed: number,
  resamples = RESAMPLES,
): Float64Array {
  const columns = summed(rows).length;
  const flat = Float64Array.from(rows.flat());
  const sums = new Array<number>(columns);
  return Float64Array.from({ length: resamples }, (_, drawing) => {
    const at = stream(seed, 'bootstrap', drawing);
    sums.fill(0);
    for (let i = 0; i < rows.length; i++) {
      const first = Math.floor((at(i) / 2 ** 32) * rows.length) * columns;
      for (let c = 0; c < columns; c++) sums[c]! += flat[first + c]!;
    }
    return score(sums);
  });
}
const RESAMPLES = 1000;

/** Of ascending values, between neighbours as NumPy does by default. */
export function quantile(values: Float64Array, share: number): number {
  const at = share * (values.length - 1);
  const below = Math.floor(at);
  const [low, high] = [values[below]!, values[Math.min(values.length - 1, below + 1)]!];
  return low + (at - below) * (high - low);
}
