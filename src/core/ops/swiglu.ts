/**
 * A feed-forward's gate: one half of the columns, through SiLU, scales the other.
 *
 *   y = silu(gate) up      silu(g) = g s, s = sigmoid(g)
 *
 * x [N, 2 F]: columns are gate | up   y [N, F]
 * Source: Shazeer 2020, arXiv:2002.05202; in Llama gate_proj and up_proj, side by side here so that one product makes both.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { type Differentiable, run, type Ways } from './op';
import { swigluOnGpu } from './swiglu.wgsl';

export const swiglu = (x: Tensor2D): Tensor2D => run(SWIGLU, { x }, undefined) as Tensor2D;

export type X = { x: Tensor };
export const SWIGLU: Ways<Differentiable<X, undefined>> = {
  webgpu: swigluOnGpu,
  reference: {
    forward({ x }) {
      const [gate, up] = tf.split(x, 2, 1) as [Tensor, Tensor];
      return { y: tf.mul(tf.mul(gate, tf.sigmoid(gate)), up), saved: { x } };
    },
    /** silu'(g) = s (1 + g (1 - s)). */
    backward(dy, { x }: X) {
      const [gate, up] = tf.split(x, 2, 1) as [Tensor, Tensor];
      const s = tf.sigmoid(gate);
      const slope = tf.mul(s, tf.add(tf.mul(gate, tf.sub(1, s)), 1));
      return { x: tf.concat([tf.mul(dy, tf.mul(slope, up)), tf.mul(dy, tf.mul(gate, s))], 1) };
    },
  },
};
