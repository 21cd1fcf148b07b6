import type { Numbers } from './types';

/**
 * Debiased exponential moving average: m_t = w m_(t-1) + (1 - w) x_t, divided by 1 - w^t, so that the first points
 * are not pulled to zero (the correction of Adam, Kingma and Ba 2015, section 3). Skips values that aren't finite,
 * and restarts at each of `starts`.
 */
export function smooth(values: Numbers, weight: number, starts: readonly number[] = []): Float64Array {
  const out = new Float64Array(values.length);
  let mean = 0;
  let bias = 1;
  let next = 0;
  for (let i = 0; i < values.length; i++) {
    if (i === starts[next]) {
      next++;
      [mean, bias] = [0, 1];
    }
    const value = values[i]!;
    if (Number.isFinite(value)) {
      mean = weight * mean + (1 - weight) * value;
      bias *= weight;
    }
    out[i] = bias === 1 ? NaN : mean / (1 - bias);
  }
  return out;
}

/** Window of the average, in steps: 50 for 0.98. */
export const smoothingWindow = (weight: number): number => Math.round(1 / (1 - weight));
