/**
 * Exponential moving average (EMA) of weights, all at once, in place.
 *
 *   e <- keep e + (1 - keep) w
 *
 * keep [1] f32
 * Source: Polyak & Juditsky 1992; exponential weights as in Szegedy et al. 2015, arXiv:1512.00567, section 8.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor1D, Variable } from '@tensorflow/tfjs';
import { averageOnGpu } from './average.wgsl';
import { pick, type Implementations } from './op';

/** `averages` correspond to `weights` in order. */
export type Average = (averages: readonly Variable[], weights: readonly Variable[], keep: Tensor1D) => void;

export const average: Average = (...input) => {
  pick(AVERAGE)(...input);
};

export const AVERAGE: Implementations<Average> = {
  webgpu: averageOnGpu,
  reference: (averages, weights, keep) => {
    tf.tidy(() => {
      const complement = tf.sub(1, keep);
      averages.forEach((e, i) => e.assign(tf.add(tf.mul(e, keep), tf.mul(weights[i]!, complement))));
    });
  },
};
