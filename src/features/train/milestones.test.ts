import { expect, test } from 'vitest';
import { milestones } from './milestones';

test('the newest, two earlier ones, and the first', () => {
  expect(milestones([])).toEqual([]);
  expect(milestones(['a'])).toEqual(['a']);
  expect(milestones(['a', 'b', 'c'])).toEqual(['c', 'b', 'a']);
  expect(milestones(Array.from({ length: 14 }, (_, i) => i))).toEqual([13, 5, 1, 0]);
});
