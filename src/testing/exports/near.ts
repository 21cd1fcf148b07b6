import { expect } from 'vitest';

/** Largest difference of two lists, as a share of the largest value in `ours`; infinite for a NaN. */
export function apart(theirs: ArrayLike<number>, ours: ArrayLike<number>): number {
  expect(theirs.length).toBe(ours.length);
  expect(ours.length).toBeGreaterThan(0);
  let [distance, largest] = [0, 1e-9];
  for (let i = 0; i < ours.length; i++) {
    distance = Math.max(distance, Math.abs(theirs[i]! - ours[i]!) || (theirs[i] === ours[i] ? 0 : Infinity));
    largest = Math.max(largest, Math.abs(ours[i]!));
  }
  return distance / largest;
}

/** Index of the largest value. */
export const likeliest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((best, value, i, all) => (value > all[best]! ? i : best), 0);
