/**
 * Differentiable functions: each is written once to be read, and again to be fast where that pays.
 *
 * An op's file holds its `reference` of TensorFlow.js ops, which runs on every backend and is the oracle, and faster
 * implementations for some backends: `host` (wasm and cpu) and `webgpu` (WGSL kernels).
 * Models only call ops and never know which one ran.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { customGradOf } from '../gpu/tfjs';
import { constant, isConstant } from './constant';

/** One function, and how it is computed on some backends. All agree to f32 rounding. */
export interface Implementations<F> {
  reference: F;
  /** For backends whose tensors lie in memory that JavaScript can read at once: wasm and cpu. */
  host?: F;
  webgpu?: F;
}

/** The implementation for the backend in use. */
export function pick<F>(implementations: Implementations<F>): F {
  const preferred = tf.getBackend() === 'webgpu' ? implementations.webgpu : implementations.host;
  return preferred ?? implementations.reference;
}

/** float32 tensors have a gradient; int32 ones (ids, targets, counters) do not. */
export type Tensors = Readonly<Record<string, Tensor | undefined>>;
/** `false`: not needed. */
export type Gradients<X> = { readonly [name in keyof X]?: Tensor | false | undefined };
/** The inputs whose gradients are needed: those that were given, and through which something learns. */
export type NeedsGradient<X> = { readonly [name in keyof X]?: boolean };
/** Whether the gradient of at least one of these is needed. */
export const anyNeedsGradient = <X>(needsGradient: NeedsGradient<X>, ...names: readonly (keyof X)[]): boolean =>
  names.some((name) => needsGradient[name]);

/**
 * Forward and backward belong together: what one saves is for the other, and differs between implementations.
 * X: tensors by name. P: sizes and settings, constant for a shape. S: what backward needs, by name.
 */
export interface Differentiable<X extends Tensors = Tensors, P = unknown, S extends Tensors = Tensors> {
  /** `y` is a fresh tensor. Everything else that is made here and not saved is disposed. */
  forward(x: X, p: P): { y: Tensor; saved: S };
  /**
   * dy: gradient of the loss by y -> gradient by each input that needs it, at least one: fresh tensors, none of them dy
   * itself. Of others nothing is computed.
   * `residualGradient`: in an op that passes an input on, what the loss' gradient by that input is otherwise; the op adds its own to it.
   */
  backward(dy: Tensor, saved: S, p: P, needsGradient: NeedsGradient<X>, residualGradient?: Tensor): Gradients<X>;
}

/** Runs an op and puts it on the gradient tape. Where all inputs are constants, so is the output, and nothing is saved. */
export const run = <X extends Tensors, P>(implementations: Implementations<Differentiable<X, P>>, x: X, p: P): Tensor =>
  onTape(implementations, x, p)[0]!;

/**
 * Runs an op on the branch of a residual connection: `residual` is its input `passed`, for the sum at the branch's end. Its
 * backward gets both gradients, so that no further op has to add them.
 */
export function runWithResidual<X extends Tensors, P>(
  implementations: Implementations<Differentiable<X, P>>,
  x: X,
  p: P,
  passed: keyof X,
): [y: Tensor, residual: Tensor] {
  const residual = x[passed]!;
  return isConstant(residual)
    ? [run(implementations, x, p), residual]
    : (onTape(implementations, x, p, residual) as [Tensor, Tensor]);
}

function onTape<X extends Tensors, P>(
  implementations: Implementations<Differentiable<X, P>>,
  x: X,
  p: P,
  residual?: Tensor,
): Tensor[] {
  const chosen = pick(implementations);
  const inputs = Object.entries<Tensor | undefined>(x).filter(
    (entry): entry is [string, Tensor] => entry[1]?.dtype === 'float32',
  );
  const learning = inputs.filter(([, tensor]) => !isConstant(tensor));
  const needsGradient = Object.fromEntries(learning.map(([name]) => [name, true])) as NeedsGradient<X>;
  let kept: string[] = [];
  return customGradOf(
    inputs.map(([, tensor]) => tensor),
    (save) => {
      const { y, saved } = chosen.forward(x, p);
      if (learning.length === 0) return [constant(y)];
      const entries = Object.entries(saved).filter((entry): entry is [string, Tensor] => entry[1] !== undefined);
      kept = entries.map(([name]) => name);
      save(entries.map(([, tensor]) => tensor));
      return residual ? [y, tf.clone(residual)] : [y];
    },
    ([dy, residualGradient], tensors) => {
      const saved = Object.fromEntries(kept.map((name, i) => [name, tensors[i]!]));
      const gradients: Readonly<Record<string, Tensor | false | undefined>> = chosen.backward(
        dy!,
        saved,
        p,
        needsGradient,
        residualGradient,
      );
      return inputs.map(([name]) => gradients[name] as Tensor);
    },
  );
}
