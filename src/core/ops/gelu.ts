/**
 * GELU by its tanh approximation, GPT-2's `gelu_new`.
 *
 *   y = x/2 (1 + tanh u)      u = sqrt(2/pi) (x + 0.044715 x^3)
 *
 * x, y  any shape, f32
 * Source: Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { type Differentiable, run, type Ways } from './op';

export const gelu = (x: Tensor): Tensor => run(GELU, { x }, undefined);

export const SLOPE = Math.sqrt(2 / Math.PI);
export const CUBIC = 0.044715;

type X = { x: Tensor };
export const GELU: Ways<Differentiable<X, undefined>> = {
  reference: {
    forward: ({ x }) => ({ y: geluForward(x), saved: { x } }),
    backward: (dy, { x }) => ({ x: geluBackward(dy, x!) }),
  },
};

const half = (x: Tensor): Tensor => tf.tanh(tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), CUBIC), 1)), SLOPE));

/** Without the tape: for ops that hold a GELU inside. */
export function geluForward(x: Tensor): Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(half(x), 1));
}

/** dy * (1/2 (1 + t) + x/2 (1 - t^2) u'), t = tanh u, u' = sqrt(2/pi) (1 + 3 * 0.044715 x^2). */
export function geluBackward(dy: Tensor, x: Tensor): Tensor {
  const t = half(x);
  const slope = tf.mul(tf.add(tf.mul(tf.square(x), 3 * CUBIC), 1), SLOPE);
  const through = tf.mul(tf.mul(x, tf.sub(1, tf.square(t))), slope);
  return tf.mul(dy, tf.mul(tf.add(tf.add(t, 1), through), 0.5));
}
