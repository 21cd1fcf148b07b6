import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { type Calls, countCalls } from '../../testing/dawn';
import { finished, openGpu } from './backend';
import { gpuMemory } from './memory';
import { emptyTensor, freeReleasedBuffers } from './tfjs';

const MEGABYTE = 2 ** 20;
const megabytes = (n: number): tf.Tensor => emptyTensor([(n * MEGABYTE) / 4], 'float32');

test('reuses freed buffers, and frees the oldest beyond the limit', async () => {
  const calls: Calls = countCalls();
  const gpu = await openGpu();
  const settle = () => finished(gpu);
  const before = gpuMemory().usedBytes;

  const first = [megabytes(10), megabytes(10), megabytes(10)];
  await settle();
  expect(gpuMemory().usedBytes - before).toBeGreaterThanOrEqual(30 * MEGABYTE);
  tf.dispose(first);
  await settle();
  expect(gpuMemory().usedBytes).toBeLessThanOrEqual(before + 16 * MEGABYTE);

  calls.reset();
  const second = megabytes(10);
  await settle();
  expect(calls.buffers, 'the last one is there still').toBe(0);
  const sum = tf.add(second, second);
  expect((await sum.data()).length).toBe(second.size);
  tf.dispose([second, sum]);

  // Others take their places: recently released buffers are kept, old ones are freed.
  for (let i = 0; i < 4; i++) tf.dispose(megabytes(5));
  await settle();
  calls.reset();
  const third = megabytes(5);
  await settle();
  expect(calls.buffers).toBe(0);
  third.dispose();
  freeReleasedBuffers(gpu.backend);
  expect(gpuMemory().usedBytes).toBeLessThanOrEqual(before);
  gpu.check();
});
