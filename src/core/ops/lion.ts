/**
 * One step of Lion, for all weights at once, in place.
 *
 *   g' = g min(1, clip / norm)
 *   w <- w - rate (sign(beta1 m + (1 - beta1) g') + decay w)        m <- beta2 m + (1 - beta2) g'
 *
 * rates [1] f32: learning rate
 * Source: Chen et al. 2023, arXiv:2302.06675, algorithm 2.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor1D, Variable } from '@tensorflow/tfjs';
import { lionOnGpu } from './lion.wgsl';
import { pick, type Implementations } from './op';
import { clipFactor, type Slot } from './update';

export interface LionSlot extends Slot {
  m: Variable;
}
export interface LionSettings {
  beta1: number;
  beta2: number;
  weightDecay: number;
  /** 0 disables clipping. */
  clip: number;
}
export type LionUpdate = (slots: readonly LionSlot[], rates: Tensor1D, norm: Scalar, settings: LionSettings) => void;

export const lion: LionUpdate = (...input) => {
  pick(LION)(...input);
};

export const LION: Implementations<LionUpdate> = {
  webgpu: lionOnGpu,
  reference: (slots, rates, norm, { beta1, beta2, weightDecay, clip }) => {
    tf.tidy(() => {
      const factor = clipFactor(norm, clip);
      for (const { parameter, gradient, m, decay } of slots) {
        const g = tf.mul(gradient, factor);
        const direction = tf.sign(tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1)));
        const step = decay ? tf.add(direction, tf.mul(parameter, weightDecay)) : direction;
        parameter.assign(tf.sub(parameter, tf.mul(step, rates)));
        m.assign(tf.add(tf.mul(m, beta2), tf.mul(g, 1 - beta2)));
      }
    });
  },
};
