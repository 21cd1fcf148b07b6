/**
 * Activation functions between the two matrices of a feed-forward network, by name. Fused ops accept any of them.
 *
 *   y = f(x)      x, y  any shape, f32
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { onHeap } from '../gpu/wasmTensors';
import { activationOnGpu } from './activation.wgsl';
import { type Differentiable, run, type Implementations } from './op';
import type { PassName } from '../threads/passes';
import { runPass } from './pass';

export const activation = (x: Tensor, kind: Activation): Tensor => run(ACTIVATION, { x }, kind);

/** Computations without the gradient tape, for ops that contain an activation. */
interface Reference {
  forward(x: Tensor): Tensor;
  /** dy f'(x) */
  backward(dy: Tensor, x: Tensor): Tensor;
}

/** 2u = x (a + b x^2). */
const A = 2 * Math.sqrt(2 / Math.PI);
const B = 0.044715 * A;
const sigmoidOf2u = (x: Tensor, square: Tensor): Tensor => tf.sigmoid(tf.mul(x, tf.add(tf.mul(square, B), A)));

/**
 * GELU by its tanh approximation, GPT-2's `gelu_new`.
 *
 *   f(x) = x/2 (1 + tanh u) = x s      u = sqrt(2/pi) (x + 0.044715 x^3), s = sigmoid(2u)
 *   f'(x) = s + x s (1 - s) (a + 3 b x^2)
 *
 * Source: Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2. The sigmoid form is the same function: it keeps its
 * precision where tanh nears -1, and is four times faster on wasm.
 */
const geluTanh: Reference = {
  forward: (x) => tf.mul(x, sigmoidOf2u(x, tf.square(x))),
  backward(dy, x) {
    const square = tf.square(x);
    const s = sigmoidOf2u(x, square);
    const slope = tf.mul(x, tf.add(tf.mul(square, 3 * B), A));
    return tf.mul(dy, tf.mul(s, tf.add(tf.mul(slope, tf.sub(1, s)), 1)));
  },
};

/**
 * Exact GELU, BERT's `gelu`.
 *
 *   f(x) = x P(x)    P(x) = (1 + erf(x / sqrt 2)) / 2, normal CDF    f'(x) = P(x) + x exp(-x^2 / 2) / sqrt(2 pi)
 *
 * Source: Hendrycks & Gimpel 2016, equation 1.
 */
const geluErf: Reference = {
  forward: (x) => tf.mul(x, normalDistribution(x)),
  backward(dy, x) {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return tf.mul(dy, tf.add(normalDistribution(x), tf.mul(x, density)));
  },
};
const normalDistribution = (x: Tensor): Tensor => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);

/** f(x) = max(x, 0); f'(0) = 0. Source: Nair & Hinton 2010 (ICML). */
const relu: Reference = {
  forward: (x) => tf.relu(x),
  backward: (dy, x) => tf.mul(dy, tf.step(x)),
};

/** f(x) = x s, s = sigmoid(x); f'(x) = s (1 + x (1 - s)). Source: Hendrycks & Gimpel 2016, §2; Llama's `silu`. */
const silu: Reference = {
  forward: (x) => tf.mul(x, tf.sigmoid(x)),
  backward(dy, x) {
    const s = tf.sigmoid(x);
    return tf.mul(dy, tf.mul(s, tf.add(tf.mul(x, tf.sub(1, s)), 1)));
  },
};

export const ACTIVATIONS = { 'gelu-tanh': geluTanh, 'gelu-erf': geluErf, relu, silu } satisfies Record<
  string,
  Reference
>;
export type Activation = keyof typeof ACTIVATIONS;

const PASSES_OF = {
  'gelu-tanh': { forward: 'geluTanh', backward: 'geluTanhBackward' },
  silu: { forward: 'silu', backward: 'siluBackward' },
} as const satisfies Partial<Record<Activation, Readonly<Record<keyof Reference, PassName>>>>;
const hasPasses = (kind: Activation): kind is keyof typeof PASSES_OF => Object.hasOwn(PASSES_OF, kind);

/** An activation without the gradient tape: by passes on WASM, else its reference. */
export function activationOf(kind: Activation): Reference {
  const heap = onHeap();
  if (!heap || !hasPasses(kind)) return ACTIVATIONS[kind];
  const shapeOf = ({ size }: Tensor): [number, number] => [1, size];
  return {
    forward: (x) => tf.reshape(runPass(heap, PASSES_OF[kind].forward, { x }, shapeOf(x)), x.shape),
    backward: (dy, x) => tf.reshape(runPass(heap, PASSES_OF[kind].backward, { dy, x }, shapeOf(x)), x.shape),
  };
}

export type X = { x: Tensor };
export const ACTIVATION: Implementations<Differentiable<X, Activation>> = {
  webgpu: activationOnGpu,
  host: {
    forward: ({ x }, kind) => ({ y: activationOf(kind).forward(x), saved: { x } }),
    backward: (dy, { x }: X, kind) => ({ x: activationOf(kind).backward(dy, x) }),
  },
  reference: {
    forward: ({ x }, kind) => ({ y: ACTIVATIONS[kind].forward(x), saved: { x } }),
    backward: (dy, { x }: X, kind) => ({ x: ACTIVATIONS[kind].backward(dy, x) }),
  },
};
