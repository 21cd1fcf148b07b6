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
  forward(given, { epsilon }) {
    const { x } = given;
    const normed = tf.slice(x, [0, 0], [-1, gainsOf(given).size]);
    const rrms = tf.rsqrt(tf.add(means(tf.square(normed), given), epsilon));
    const y = together(tf.mul(tf.mul(normed, rrms), gainsOf(given)), x);
    return { y, saved: { ...given, rrms } };
  },
  /** dx = rrms (g - n mean(g n)), g = dy gain, n = x rrms; the means are over the row's queries, and its keys. */
  backward(dy, { rrms, ...given }, _, needsGradient) {
    const all = gainsOf(given);
    const [d, normed] = [dy, given.x].map((of) => tf.slice(of, [0, 0], [-1, all.size]));
    const n = tf.mul(normed!, rrms);
    const dx = (): Tensor => {
      const g = tf.mul(d!, all);
      return together(tf.mul(rrms, tf.sub(g, tf.mul(n, means(tf.mul(g, n), given)))), dy);
    };
    const ofGains = anyNeedsGradient(needsGradient, 'qGain', 'kGain') && sumOfRows(tf.mul(d!, n));
    const Q = given.qGain.size;
    return {
      x: needsGradient.x && dx(),
      qGain: needsGradient.qGain && ofGains && tf.slice(ofGains, [0], [Q]),
      kGain: needsGradient.kGain && ofGains && tf.slice(ofGains, [Q], [-1]),
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
const together = (queriesAndKeys: Tensor, x: Tensor): Tensor =>
  tf.concat(
    [queriesAndKeys as tf.Tensor<Rank.R2>, tf.slice(x as Tensor2D, [0, queriesAndKeys.shape[1]!], [-1, -1])],
    1,
  );
