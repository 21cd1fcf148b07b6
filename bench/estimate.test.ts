import { expect, test } from 'vitest';
import { M2, millisecondsOn } from './devices';
import { estimate } from './estimate';

const slow = { ...M2, rate: 1e12, bandwidth: 100e9, wordPrice: 4, launch: 0.5 };

test('the time of a dispatch is that of its arithmetic and words or of its bytes, plus a launch', () => {
  expect(millisecondsOn(slow, { flops: 2e9, words: 0, bytes: 0 })).toBeCloseTo(2.5);
  expect(millisecondsOn(slow, { flops: 2e9, words: 1e9, bytes: 0 })).toBeCloseTo(10.5);
  expect(millisecondsOn(slow, { flops: 2e9, words: 0, bytes: 80e6 })).toBeCloseTo(2.5);
  expect(millisecondsOn(slow, { flops: 2e9, words: 0, bytes: 800e6 })).toBeCloseTo(10.5); // at 80 % of the bandwidth
});

test('the time of a step is the sum over its dispatches, by kind', () => {
  const work = { flops: 2e9, words: 0, bytes: 0 };
  const kernels = ['product NN', 'product TN', 'attention', 'attention backward, keys', 'adamw'];
  const step = kernels.map((kernel) => ({ kernel, ...work }));
  const { ms, mfu, ...parts } = estimate(slow, 'S', step);
  expect(parts).toMatchObject({ products: 5, attention: 2.5, attentionBackward: 2.5, others: 2.5 });
  expect(ms).toBeCloseTo(12.5);
  expect(mfu).toBeCloseTo(0.8); // 10 GFLOP take 10 ms at the full rate
});
