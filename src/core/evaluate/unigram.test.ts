import { expect, it } from 'vitest';
import { unigramLoss } from './unigram';

it('is the cross-entropy of the smoothed frequencies', () => {
  // (3+1)/(4+3), (1+1)/7, (0+1)/7
  const expected = -(2 * Math.log(4 / 7) + Math.log(2 / 7) + Math.log(1 / 7)) / 4;
  expect(unigramLoss([3, 1, 0], [2, 1, 1])).toBeCloseTo(expected, 12);
});

it('is ln V when nothing is known, and finite for tokens never seen', () => {
  expect(unigramLoss([0, 0, 0, 0], [1, 2, 3, 4])).toBeCloseTo(Math.log(4), 12);
  expect(unigramLoss(Uint32Array.of(1e9, 0), Uint32Array.of(0, 5))).toBeCloseTo(Math.log(1e9 + 2), 9);
});
