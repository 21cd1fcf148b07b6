/**
 * QK-norm per head, then rotary positions: divides each query and key head by its root mean square and scales its
 * columns. Scores stay small even if a model's weights grow large.
 *
 *   q = rope(rmsNorm(q, qGain))      k = rope(rmsNorm(k, kGain))      v stays
 *
 * x, y [B T, (heads + 2 kvHeads) D]: columns are q | k | v, heads contiguous inside; D even
 * qGain, kGain [D]: one for all heads   offsets [B] int32: as in rope   epsilon > 0, in units of x^2
 * Source: Dehghani et al. 2023, arXiv:2302.05442, section 2; as in Hugging Face's Qwen3.
 */
import * as tf from '@tensorflow/tfjs';
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { sumOfRows } from './linear';
import { anyNeedsGradient, type Differentiable, run, type Implementations } from './op';
import { qkNormOnGpu } from './qkNorm.wgsl';
import { rotated, type Settings as Rope } from './rope';

export const qkNorm = (
  x: Tensor2D,
  gains: { q: Tensor; k: Tensor },
  settings: Settings,
  offsets?: Tensor1D,
): Tensor2D => run(QK_NORM, { x, qGain: gains.q, kGain: gains.k, offsets }, settings) as Tensor2D;

export type X = { x: Tensor; qGain: Tensor; kGain: Tensor; offsets?: Tensor1D | undefined };
/** `heads`: number of query heads. */
export interface Settings extends Omit<Rope, 'headSize'> {
  /** Number of key-value heads. */
  kvHeads: number;
  epsilon: number;
}
/** rrms [B T, heads + kvHeads, 1]. */
type Saved = X & { rrms: Tensor };

const reference: Differentiable<X, Settings, Saved> = {
  forward(inputs, settings) {
    const { x, qGain, offsets } = inputs;
    const queriesAndKeys = splitHeads(x, qGain, settings);
    const rrms = tf.rsqrt(tf.add(tf.mean(tf.square(queriesAndKeys), 2, true), settings.epsilon));
    const scaled = tf.mul(tf.mul(queriesAndKeys, rrms), gainsOf(inputs, settings));
    const y = rotated(withValues(scaled, x), offsets, ropeOf(inputs, settings), 1);
    return { y, saved: { ...inputs, rrms } };
  },
  /** dx = rrms (g - n mean(g n)), g = d gain, n = x rrms; d: dy rotated back; the mean is over a head. */
  backward(dy, { rrms, ...inputs }, settings, needsGradient) {
    const { x, qGain, offsets } = inputs;
    const rotatedBack = rotated(dy, offsets, ropeOf(inputs, settings), -1);
    const d = splitHeads(rotatedBack, qGain, settings);
    const n = tf.mul(splitHeads(x, qGain, settings), rrms);
    const dx = (): Tensor => {
      const g = tf.mul(d, gainsOf(inputs, settings));
      return withValues(tf.mul(rrms, tf.sub(g, tf.mul(n, tf.mean(tf.mul(g, n), 2, true)))), rotatedBack);
    };
    const { heads, kvHeads } = settings;
    const gainGradients = anyNeedsGradient(needsGradient, 'qGain', 'kGain') && sumOverRows(tf.mul(d, n));
    const sumHeads = (gradients: Tensor2D, first: number, count: number): Tensor =>
      tf.sum(tf.slice(gradients, [first, 0], [count, -1]), 0);
    return {
      x: needsGradient.x && dx(),
      qGain: needsGradient.qGain && gainGradients && sumHeads(gainGradients, 0, heads),
      kGain: needsGradient.kGain && gainGradients && sumHeads(gainGradients, heads, kvHeads),
    };
  },
};

export const QK_NORM: Implementations<Differentiable<X, Settings>> = { webgpu: qkNormOnGpu, reference };

const ropeOf = ({ qGain }: X, { rows, heads, kvHeads, base }: Settings): Rope => ({
  rows,
  heads: heads + kvHeads,
  headSize: qGain.size,
  base,
});
/** Splits x into query and key heads, [B T, heads + kvHeads, D]. */
const splitHeads = (x: Tensor, { size: D }: Tensor, { heads, kvHeads }: Settings): Tensor3D =>
  tf.reshape<Rank.R3>(tf.slice(x, [0, 0], [-1, (heads + kvHeads) * D]), [-1, heads + kvHeads, D]);
/** Joins queries and keys with the values of x. */
function withValues(queriesAndKeys: Tensor, x: Tensor): Tensor {
  const [rows, width] = [x.shape[0], queriesAndKeys.size / x.shape[0]];
  return tf.concat([tf.reshape(queriesAndKeys, [rows, width]), tf.slice(x, [0, width], [rows, -1])], 1);
}
/** [heads + kvHeads, D]. */
const gainsOf = ({ qGain, kGain }: X, { heads, kvHeads }: Settings): Tensor =>
  tf.stack([...Array.from({ length: heads }, () => qGain), ...Array.from({ length: kvHeads }, () => kGain)]);
/** Sums over all rows: [B T, heads + kvHeads, D] -> [heads + kvHeads, D]. */
function sumOverRows(x: Tensor): Tensor2D {
  const [rows, count, D] = x.shape as [number, number, number];
  return tf.reshape<Rank.R2>(sumOfRows(tf.reshape<Rank.R2>(x, [rows, count * D])), [count, D]);
}
