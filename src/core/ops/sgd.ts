/**
 * One step of stochastic gradient descent with momentum, for all weights at once, in place.
 *
 *   g' = g min(1, clip / norm) + decay w        v <- momentum v + g'        w <- w - rate v
 *
 * rates [1] f32: learning rate
 * Source: Sutskever et al. 2013 in PyTorch's form (momentum before the rate, no dampening); decay is plain L2.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor1D, Variable } from '@tensorflow/tfjs';
import { sgdOnGpu } from './sgd.wgsl';
import { pick, type Implementations } from './op';
import { clipFactor, type Slot } from './update';

export interface SgdSlot extends Slot {
  v: Variable;
}
export interface SgdSettings {
  momentum: number;
  weightDecay: number;
  /** 0 disables clipping. */
  clip: number;
}
export type SgdUpdate = (slots: readonly SgdSlot[], rates: Tensor1D, norm: Scalar, settings: SgdSettings) => void;

export const sgd: SgdUpdate = (...input) => {
  pick(SGD)(...input);
};

export const SGD: Implementations<SgdUpdate> = {
  webgpu: sgdOnGpu,
  reference: (slots, rates, norm, { momentum, weightDecay, clip }) => {
    tf.tidy(() => {
      const factor = clipFactor(norm, clip);
      for (const { parameter, gradient, v, decay } of slots) {
        const g = tf.mul(gradient, factor);
        v.assign(tf.add(tf.mul(v, momentum), decay ? tf.add(g, tf.mul(parameter, weightDecay)) : g));
        parameter.assign(tf.sub(parameter, tf.mul(v, rates)));
      }
    });
  },
};
