/**
 * Gate of a feed-forward: one half of the columns, through an activation f, scales the other half.
 *
 *   y = f(gate) up      f: silu gives SwiGLU (Llama), gelu-tanh and gelu-erf GEGLU (T5 1.1, ModernBERT), relu ReGLU
 *
 * x [N, 2 F]: columns are gate | up   y [N, F]
 * Source: Shazeer 2020, arXiv:2002.05202. Llama's gate_proj and up_proj, and T5's wi_0 and wi_1, are joined here, so
 * that one product computes both.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { type Activation, activationOf } from './activation';
import { gatedOnGpu } from './gated.wgsl';
import { type Differentiable, run, type Implementations } from './op';

export const gated = (x: Tensor2D, activation: Activation): Tensor2D => run(GATED, { x }, activation) as Tensor2D;

export type X = { x: Tensor };
export const GATED: Implementations<Differentiable<X, Activation>> = {
  webgpu: gatedOnGpu,
  reference: {
    forward({ x }, activation) {
      const [gate, up] = tf.split(x, 2, 1) as [Tensor, Tensor];
      return { y: tf.mul(activationOf(activation).forward(gate), up), saved: { x } };
    },
    backward(dy, { x }: X, activation) {
      const [gate, up] = tf.split(x, 2, 1) as [Tensor, Tensor];
      const { forward, backward } = activationOf(activation);
      return { x: tf.concat([backward(tf.mul(dy, up), gate), tf.mul(dy, forward(gate))], 1) };
    },
  },
};
