import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { type Calls, countCalls } from '../testing/dawn';
import { openGpu } from './backend';
import { gpuMemory } from './memory';
import { emptyTensor, flush } from './tfjs';

const MEGABYTE = 2 ** 20;
const megabytes = (n: number): tf.Tensor => emptyTensor([(n * MEGABYTE) / 4], 'float32');

test('freed buffers are used again, or given back where they are many', async () => {
  const calls: Calls = countCalls();
  const gpu = await openGpu();
  const settle = async () => {
    flush(gpu.backend);
    await gpu.device.queue.onSubmittedWorkDone();
  };
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
  expect(calls.buffers, 'one of those is there still').toBe(0);
  const sum = tf.add(second, second);
  expect((await sum.data()).length).toBe(second.size);
  tf.dispose([second, sum]);
  gpu.check();
});
