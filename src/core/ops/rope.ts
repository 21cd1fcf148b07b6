/**
 * Rotary positions (RoPE): rotates pairs of columns of each head by an angle proportional to the row's position.
 * So the product of a query and a key depends on their distance.
 *
 *   y[i] = x[i] cos a - x[i + D/2] sin a      y[i + D/2] = x[i + D/2] cos a + x[i] sin a      i < D/2
 *   a = (t + offsets[b]) base^(-2 i / D)
 *
 * x, y [B T, W]: rotates the first `heads` heads of D columns (q | k of a fused q | k | v), copies the rest
 * D even   offsets [B] int32: position of a sequence's first row (decoding: cached tokens), 0 if absent
 * Gradient: rotation by -a.
 * Source: Su et al. 2021, arXiv:2104.09864; halves paired as in Hugging Face's Llama (rotate_half).
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { type Differentiable, run, type Implementations } from './op';
import { ropeOnGpu } from './rope.wgsl';

export const rope = (x: Tensor2D, settings: Settings, offsets?: Tensor1D): Tensor2D =>
  run(ROPE, { x, offsets }, settings) as Tensor2D;

export type X = { x: Tensor; offsets?: Tensor1D | undefined };
export interface Settings {
  /** B: number of sequences in the rows. */
  rows: number;
  heads: number;
  /** D. */
  headSize: number;
  /** 10,000 in the paper and in Llama 2, 500,000 in Llama 3. */
  base: number;
}
export type Saved = Pick<X, 'offsets'>;

export const ROPE: Implementations<Differentiable<X, Settings, Saved>> = {
  webgpu: ropeOnGpu,
  reference: {
    forward: ({ x, offsets }, settings) => ({ y: rotated(x, offsets, settings, 1), saved: { offsets } }),
    backward: (dy, { offsets }, settings) => ({ x: rotated(dy, offsets, settings, -1) }),
  },
};

/** Rotates by a, or back with `sign` -1. */
export function rotated(
  x: Tensor,
  offsets: Tensor1D | undefined,
  { rows, heads, headSize, base }: Settings,
  sign: 1 | -1,
): Tensor {
  const [BT, W] = x.shape as [number, number];
  const [rotatedColumns, half] = [heads * headSize, headSize / 2];
  const angles = new Float64Array(BT * half);
  const first = offsets?.dataSync<'int32'>();
  const T = BT / rows;
  for (let n = 0; n < BT; n++) {
    const position = (n % T) + (first?.[Math.floor(n / T)] ?? 0);
    for (let i = 0; i < half; i++) angles[n * half + i] = sign * position * base ** ((-2 * i) / headSize);
  }
  const tableOf = (f: (angle: number) => number): Tensor => tf.tensor(Float32Array.from(angles, f), [BT, 1, 1, half]);
  const [cos, sin] = [tableOf(Math.cos), tableOf(Math.sin)];
  const halves = tf.reshape(tf.slice(x, [0, 0], [BT, rotatedColumns]), [BT, heads, 2, half]);
  const [a, b] = tf.split(halves, 2, 2) as [Tensor, Tensor];
  const pairs = tf.concat([tf.sub(tf.mul(a, cos), tf.mul(b, sin)), tf.add(tf.mul(b, cos), tf.mul(a, sin))], 2);
  return tf.concat(
    [tf.reshape(pairs, [BT, rotatedColumns]), tf.slice(x, [0, rotatedColumns], [BT, W - rotatedColumns])],
    1,
  );
}
