import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { normals } from '../base/rng';
import { wasmThreads } from '../gpu/wasm';
import { nodeThreads } from '../testing/threads';
import { useWasm } from '../testing/wasm';
import { packedBytes, scratchBytes } from '../threads/product';
import { startThreads, type Threads } from '../threads/threads';
import { matMul } from './matMul';

beforeAll(useWasm);

const values = (shape: [number, number], purpose: string): Float32Array => normals(1, purpose, shape[0] * shape[1]);
const matrix = (shape: [number, number], purpose: string): tf.Tensor2D => tf.tensor2d(values(shape, purpose), shape);

/** Whole tiles, parts of tiles on every side, one task and many, a long inner side, a right side in more than one part. */
const SIZES = [
  [64, 32, 64],
  [8, 8, 8],
  [13, 7, 21],
  [33, 129, 70],
  [9, 1, 9],
  [128, 300, 274],
  [64, 9001, 240],
] as const;

describe.each(SIZES)('[%i, %i] [%i]', (M, K, N) => {
  test.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('has the bits of TensorFlow.js; turned: %s, %s', async (a, b) => {
    const left = matrix(a ? [K, M] : [M, K], 'left');
    const right = matrix(b ? [N, K] : [K, N], 'right');
    const ours = matMul(left, right, { a, b });
    const theirs = tf.matMul(a ? tf.transpose(left) : left, b ? tf.transpose(right) : right);
    expect(await ours.data()).toEqual(await theirs.data());
    tf.dispose([left, right, ours, theirs]);
  });
});

test('the memory of TensorFlow.js is one that threads share, and they come', async () => {
  expect(wasmThreads()?.count).toBe(2);
  await expect.poll(() => wasmThreads()?.ready(), { timeout: 60_000 }).toBe(2);
});

/** A product of [70, 90] by [90, 75] on threads of their own. */
function productOn(threads: Threads, memory: WebAssembly.Memory): Float32Array {
  const [M, K, N] = [70, 90, 75];
  const floats = new Float32Array(memory.buffer);
  const [a, b, c] = [1024, 1024 + 4 * M * K, 1024 + 4 * (M * K + K * N)];
  floats.set(values([M, K], 'left'), a / 4);
  floats.set(values([K, N], 'right'), b / 4);
  const packed = c + 4 * M * N;
  const scratch = packed + packedBytes(K, N);
  threads.run('pack', [b, 4 * N, 4, packed, K, N, 1], 10);
  threads.run('multiply', [a, 4 * K, 4, packed, c, 4 * N, K, M, N, 8, 3, scratch, scratchBytes(K, 8)], 9 * 4);
  return floats.slice(c / 4, c / 4 + M * N);
}

test('however many threads there are, bits are the same, and the one that asks waits for nobody', async () => {
  const made = [1, 2, 4].map((count) => {
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 65_536, shared: true });
    return { memory, threads: startThreads(memory, nodeThreads(count)), count };
  });
  const alone = productOn(made[0]!.threads, made[0]!.memory);
  for (const { threads, memory, count } of made) {
    expect(productOn(threads, memory)).toEqual(alone); // before any of them has come
    await expect.poll(() => threads.ready(), { timeout: 60_000 }).toBe(count);
    for (let i = 0; i < 20; i++) {
      new Float32Array(memory.buffer).fill(NaN);
      expect(productOn(threads, memory)).toEqual(alone);
    }
    threads.end();
  }
});
