import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countUpTo, trainingAt } from './meanAt';

test('the training loss at a step is the mean of the steps before it', () => {
  const training = { step: [1, 2, 3, 4], loss: [4, 3, 2, 1] };
  expect([0, 2, 99].map((step) => trainingAt(training, step))).toEqual([undefined, 3, 1]);
  const long = Array.from({ length: 1000 }, (_, i) => i + 1);
  expect(trainingAt({ step: long, loss: long }, 20)).toBe(19.5);
  expect(trainingAt({ step: long, loss: long }, 1000)).toBe(975.5);
  expect(trainingAt({ step: long, loss: long }, 1000, 990)).toBe(1000);
  expect(trainingAt({ step: long, loss: long }, 990, 990)).toBeUndefined();
});

test('binary search agrees with counting', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: -1, max: 51 }), (values, max) => {
      const sorted = [...values].sort((a, b) => a - b);
      expect(countUpTo(sorted, max)).toBe(sorted.filter((v) => v <= max).length);
    }),
  );
});
