import { expect, test } from 'vitest';
import { rankCorrelation } from './rankCorrelation';

test('equals published values, with and without ties', () => {
  expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 1000])).toBeCloseTo(1, 12);
  expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
  // IQ and hours of television, the example in Wikipedia's article on Spearman's coefficient.
  const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
  const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
  expect(rankCorrelation(iq, hours)).toBeCloseTo(-29 / 165, 12);
  // scipy.stats.spearmanr([1, 2, 2, 3], [1, 2, 3, 4])
  expect(rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(0.9486832980505138, 12);
});

test('a list of equal values has no correlation', () => {
  expect(rankCorrelation([1, 1], [1, 2])).toBeNaN();
});
