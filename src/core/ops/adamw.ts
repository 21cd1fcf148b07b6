/**
 * One step of AdamW, for all weights at once, in place.
 *
 *   g' = g min(1, clip / norm)
 *   m <- beta1 m + (1 - beta1) g'        v <- beta2 v + (1 - beta2) g'^2
 *   w <- w - rate (m / correction1 / (sqrt(v / correction2) + epsilon) + decay w)
 *
 * rates [3] f32: learning rate, 1 - beta1^t, 1 - beta2^t, t counting steps from 1
 * Source: Loshchilov & Hutter 2017, arXiv:1711.05101, algorithm 2, decay scaled by the rate as in PyTorch.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor1D, Variable } from '@tensorflow/tfjs';
import { type OnHeap, onHeap } from '../gpu/wasmTensors';
import { ADAMW_FACTORS, type AdamWFactor } from '../threads/adamw';
import { adamwOnGpu } from './adamw.wgsl';
import { pick, type Implementations } from './op';
import { clipFactor, type Slot } from './update';

export interface AdamWSlot extends Slot {
  m: Variable;
  v: Variable;
}
export interface AdamWSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** 0 disables clipping. */
  clip: number;
}
export type AdamWUpdate = (slots: readonly AdamWSlot[], rates: Tensor1D, norm: Scalar, settings: AdamWSettings) => void;

export const adamw: AdamWUpdate = (...input) => {
  pick(ADAMW)(...input);
};

const reference: AdamWUpdate = (slots, rates, norm, { beta1, beta2, epsilon, weightDecay, clip }) => {
  tf.tidy(() => {
    const [rate, correction1, correction2] = tf.unstack(rates) as [Scalar, Scalar, Scalar];
    const factor = clipFactor(norm, clip);
    for (const { parameter, gradient, m, v, decay } of slots) {
      const g = tf.mul(gradient, factor);
      m.assign(tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1)));
      v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2)));
      const direction = tf.div(tf.div(m, correction1), tf.add(tf.sqrt(tf.div(v, correction2)), epsilon));
      const step = decay ? tf.add(direction, tf.mul(parameter, weightDecay)) : direction;
      parameter.assign(tf.sub(parameter, tf.mul(step, rate)));
    }
  });
};

/** Runs the whole update in one pass on all threads. m and v change in place, since no product packs them. */
const onThreads = ({ threads, addressOf, ownAddressOf, output, scratch }: OnHeap): AdamWUpdate =>
  function update(slots, rates, norm, { beta1, beta2, epsilon, weightDecay, clip }) {
    const [rate, correction1, correction2] = rates.dataSync<'float32'>() as unknown as [number, number, number];
    const clipping = tf.tidy(() => clipFactor(norm, clip).dataSync<'float32'>()[0]!);
    const values: Record<AdamWFactor, number> = {
      clip: clipping,
      beta1,
      oneMinusBeta1: 1 - beta1,
      beta2,
      oneMinusBeta2: 1 - beta2,
      correction1,
      correction2,
      epsilon,
      weightDecay,
      rate,
    };
    for (const { parameter, gradient, m, v, decay } of slots) {
      const { tensor, address } = output(parameter.shape);
      const [factors, tail] = scratch(4 * ADAMW_FACTORS.length, 16 * 5);
      ADAMW_FACTORS.forEach((name, i) => (threads.heap.floats()[factors / 4 + i] = values[name]));
      const own = [ownAddressOf(m), ownAddressOf(v)];
      const numbers = [
        addressOf(parameter),
        addressOf(gradient),
        ...own,
        address,
        parameter.size,
        FLOATS_EACH,
        factors,
        Number(decay),
        tail,
      ];
      threads.run('adamw', numbers, Math.ceil(parameter.size / FLOATS_EACH));
      parameter.assign(tensor);
      tensor.dispose();
    }
  };
/** Floats per task, a multiple of 4. */
const FLOATS_EACH = 2 ** 14;

export const ADAMW: Implementations<AdamWUpdate> = {
  webgpu: adamwOnGpu,
  host(...input) {
    const heap = onHeap();
    (heap ? onThreads(heap) : reference)(...input);
  },
  reference,
};
