import * as tf from '@tensorflow/tfjs';
import type { Rank, Tensor } from '@tensorflow/tfjs';
import { currentGpu } from '../gpu/backend';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor, freeReleasedBuffers } from '../gpu/tfjs';
import { linear } from './linear';
import { product } from './matmul.wgsl';

/**
 * Measures f32 matrix products as in training on the current device, in 10^9 operations per second. n x n x n with n =
 * 2,048 on a GPU, which smaller sizes don't saturate, else 512. Takes about 0.1 s, or one product on a slow GPU.
 * @param now milliseconds
 */
export async function matrixRate(now: () => number): Promise<number> {
  const gpu = currentGpu();
  const n = gpu && !gpu.adapter.software ? 2048 : 512;
  const a = tf.fill<Rank.R2>([n, n], 1 / n); // equals its own square
  const c = gpu && emptyTensor([n, n], 'float32');
  /** Reuses one output on a GPU: all products of a fast one wouldn't fit its memory. */
  const multiplyOnce = (): Tensor => {
    if (!c) return linear(a, a);
    dispatch(product({ M: n, N: n, K: n }), { a, b: a, c });
    return tf.clone(c);
  };
  const multiply = async (times: number): Promise<number> => {
    const startMs = now();
    for (let i = 1; i < times; i++) multiplyOnce().dispose();
    const last = multiplyOnce();
    const corner = tf.slice(last, [0, 0], [1, 1]);
    await corner.data();
    tf.dispose([last, corner]);
    return now() - startMs;
  };
  await multiply(1); // compiles
  let times = 1;
  let ms = await multiply(times);
  // Short times are mostly launch and readback: repeat more often until they count, up to a limit.
  while (ms < 30 && times < 256) ms = await multiply((times *= 4));
  tf.dispose(c ? [a, c] : a);
  if (gpu) freeReleasedBuffers(gpu.backend);
  return (2 * n ** 3 * times) / (ms * 1e6);
}
