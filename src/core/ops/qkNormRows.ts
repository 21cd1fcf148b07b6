/**
 * QK-norm per row: divides the queries of a row of fused q | k | v by their root mean square over all heads, likewise
 * the keys, and scales their columns. `qkNorm` normalizes per head.
 *
 *   q = rmsNorm(q, qGain)      k = rmsNorm(k, kGain)      v stays
 *
 * x, y [N, Q + 2 K]: columns are q | k | v   qGain [Q], kGain [K]   epsilon > 0, in units of x^2
 * Source: OLMo 2, arXiv:2501.00656, section 3.3; as in Hugging Face's Olmo2.
 */
import * as tf from '@tensorflow/tfjs';
import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { sumOfRows } from './linear';
import { anyNeedsGradient, type Differentiable, run, type Implementations } from './op';
import { qkNormRowsOnGpu } from './qkNormRows.wgsl';

export const qkNormRows = (x: Tensor2D, gains: { q: Tensor; k: Tensor }, epsilon: number): Tensor2D =>
  run(QK_NORM_ROWS, { x, qGain: gains.q, kGain: gains.k }, { epsilon }) as Tensor2D;

export type X = { x: Tensor; qGain: Tensor; kGain: Tensor };
export interface Settings {
  epsilon: number;
}
/** rrms [N, Q + K]: both values of each row, repeated over their columns. */
type Saved = X & { rrms: Tensor };

const reference: Differentiable<X, Settings, Saved> = {
  forward(inputs, { epsilon }) {
    const { x } = inputs;
    const queriesAndKeys = tf.slice(x, [0, 0], [-1, gainsOf(inputs).size]);
    const rrms = tf.rsqrt(tf.add(means(tf.square(queriesAndKeys), inputs), epsilon));
    const y = withValues(tf.mul(tf.mul(queriesAndKeys, rrms), gainsOf(inputs)), x);
    return { y, saved: { ...inputs, rrms } };
  },
  /** dx = rrms (g - n mean(g n)), g = dy gain, n = x rrms; the means are over the row's queries, and its keys. */
  backward(dy, { rrms, ...inputs }, _, needsGradient) {
    const gains = gainsOf(inputs);
    const [d, queriesAndKeys] = [dy, inputs.x].map((tensor) => tf.slice(tensor, [0, 0], [-1, gains.size]));
    const n = tf.mul(queriesAndKeys!, rrms);
    const dx = (): Tensor => {
      const g = tf.mul(d!, gains);
      return withValues(tf.mul(rrms, tf.sub(g, tf.mul(n, means(tf.mul(g, n), inputs)))), dy);
    };
    const gainGradients = anyNeedsGradient(needsGradient, 'qGain', 'kGain') && sumOfRows(tf.mul(d!, n));
    const Q = inputs.qGain.size;
    return {
      x: needsGradient.x && dx(),
      qGain: needsGradient.qGain && gainGradients && tf.slice(gainGradients, [0], [Q]),
      kGain: needsGradient.kGain && gainGradients && tf.slice(gainGradients, [Q], [-1]),
    };
  },
};

export const QK_NORM_ROWS: Implementations<Differentiable<X, Settings>> = { webgpu: qkNormRowsOnGpu, reference };

const gainsOf = ({ qGain, kGain }: X): Tensor => tf.concat([qGain, kGain]);
/** Means of each row over its queries and over its keys, repeated over their columns: [N, Q + K] -> [N, Q + K]. */
function means(x: Tensor, { qGain, kGain }: X): Tensor {
  const parts = tf.split<Tensor>(x, [qGain.size, kGain.size], 1);
  return tf.concat(
    parts.map((part) => tf.tile<Tensor2D>(tf.mean<Tensor2D>(part, 1, true), [1, part.shape[1]!])),
    1,
  );
}
/** Joins queries and keys with the values of x. */
const withValues = (queriesAndKeys: Tensor, x: Tensor): Tensor =>
  tf.concat(
    [queriesAndKeys as tf.Tensor<Rank.R2>, tf.slice(x as Tensor2D, [0, queriesAndKeys.shape[1]!], [-1, -1])],
    1,
  );
