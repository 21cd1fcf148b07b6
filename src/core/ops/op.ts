/**
 * How a differentiable function is stated: once to be read, and again to be fast where that pays.
 *
 * An op's file holds its `reference`, made of TensorFlow.js ops, which runs on every backend and is the oracle, and beside
 * it the ways that replace it on some backends: `host` (wasm and cpu) and `webgpu` (WGSL kernels).
 * Models only call ops and never know which way ran.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** One function, and other ways to compute it. All agree to f32 rounding. */
export interface Ways<F> {
  reference: F;
  /** For backends whose tensors lie in memory that JavaScript can read at once: wasm and cpu. */
  host?: F;
  webgpu?: F;
}

/** The way for the backend in use. */
export function way<F>(ways: Ways<F>): F {
  const preferred = tf.getBackend() === 'webgpu' ? ways.webgpu : ways.host;
  return preferred ?? ways.reference;
}

/** float32 tensors have a gradient; int32 ones (ids, targets, counters) do not. */
export type Tensors = Readonly<Record<string, Tensor | undefined>>;
export type Gradients<X> = { readonly [name in keyof X]?: Tensor | undefined };

/**
 * Forward and backward belong together: what one saves is for the other, and differs between ways.
 * X: tensors by name. P: sizes and settings, constant for a shape. S: what backward needs, by name.
 */
export interface Differentiable<X extends Tensors = Tensors, P = unknown, S extends Tensors = Tensors> {
  /** `y` is a fresh tensor. Everything else that is made here and not saved is disposed. */
  forward(x: X, p: P): { y: Tensor; saved: S };
  /** dy: gradient of the loss by y -> gradient by each float32 tensor of X that was given: fresh tensors, none of them dy itself. */
  backward(dy: Tensor, saved: S, p: P): Gradients<X>;
}

/** Runs an op and puts it on the gradient tape. */
export function run<X extends Tensors, P>(ways: Ways<Differentiable<X, P>>, x: X, p: P): Tensor {
  const chosen = way(ways);
  const names = Object.keys(x).filter((name): name is string & keyof X => x[name]?.dtype === 'float32');
  const call = tf.customGrad((...args: unknown[]) => {
    const save = args.at(-1) as tf.GradSaveFunc;
    const { y, saved } = chosen.forward(x, p);
    const kept = Object.entries(saved).filter((entry): entry is [string, Tensor] => entry[1] !== undefined);
    save(kept.map(([, tensor]) => tensor));
    return {
      value: y,
      gradFunc(dy: Tensor, tensors: Tensor[]) {
        const gradients = chosen.backward(dy, Object.fromEntries(kept.map(([name], i) => [name, tensors[i]])), p);
        return names.map((name): Tensor => gradients[name]!);
      },
    };
  });
  return call(...names.map((name) => x[name]!));
}
