import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { gpuMemory } from '../gpu/memory';
import { freeReleasedBuffers } from '../gpu/tfjs';
import { countCalls } from '../../testing/dawn';
import { matrixRate } from './matrixRate';

test('the rate is operations by time over long enough rounds, and memory is freed', async () => {
  const calls = countCalls();
  const gpu = await openGpu();
  freeReleasedBuffers(gpu.backend);
  const before = [gpuMemory().usedBytes, tf.memory().numTensors];
  const n = gpu.adapter.software ? 512 : 2048;
  // A clock on which each dispatch takes a millisecond: rounds of 1, 4, 16 and 64 products, each with one more to read.
  const rate = await matrixRate(() => calls.dispatches);
  expect(rate).toBeCloseTo((2 * n ** 3 * 64) / (65 * 1e6), 6);
  expect([gpuMemory().usedBytes, tf.memory().numTensors]).toEqual(before);
  gpu.check();
});
