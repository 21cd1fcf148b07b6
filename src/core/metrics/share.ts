import type { Interval } from './intervals/units';
import type { Meter } from './metric';

/** A share and its Wilson 95 % interval in percent. Source: Wilson 1927, "Probable inference, the law of succession" */
export function shareOf(part: number, all: number): { value: number } & Interval {
  const [p, z] = [part / all, 1.959964];
  const middle = (p + z ** 2 / (2 * all)) / (1 + z ** 2 / all);
  const half = (z / (1 + z ** 2 / all)) * Math.sqrt((p * (1 - p)) / all + z ** 2 / (4 * all ** 2));
  // For none and all, the bound is the share itself, which rounding misses.
  const [low, high] = [part === 0 ? 0 : middle - half, part === all ? 1 : middle + half];
  return { value: 100 * p, low: 100 * low, high: 100 * high };
}

/** Meter of the share of correct predictions. */
export function found(): Meter {
  let [right, all] = [0, 0];
  return {
    add({ correct = 0, weight }) {
      right += correct;
      all += weight;
    },
    value: () => shareOf(right, all),
  };
}
