/**
 * Differentiable functions: each has a readable reference, and faster implementations where they pay off.
 *
 * An op's file contains its `reference` of TensorFlow.js ops, which runs on every backend and is the test oracle. Some
 * backends have faster implementations: `host` (wasm and cpu) and `webgpu` (WGSL kernels). Models only call ops and
 * never know which one ran.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { customGradOf } from '../gpu/tfjs';
import { constant, isConstant } from './constant';

/** Implementations of one function for some backends. All agree to f32 rounding. */
export interface Implementations<F> {
  reference: F;
  /** For backends whose tensors are in memory that JavaScript reads synchronously: wasm and cpu. */
  host?: F;
  webgpu?: F;
}

/** Returns the implementation for the current backend. */
export function pick<F>(implementations: Implementations<F>): F {
  const preferred = tf.getBackend() === 'webgpu' ? implementations.webgpu : implementations.host;
  return preferred ?? implementations.reference;
}

/** float32 tensors have a gradient; int32 ones (ids, targets, counters) don't. */
export type Tensors = Readonly<Record<string, Tensor | undefined>>;
/** `false`: not needed. */
export type Gradients<X> = { readonly [name in keyof X]?: Tensor | false | undefined };
/** Inputs whose gradients are needed: those that were given and that depend on a trainable weight. */
export type NeedsGradient<X> = { readonly [name in keyof X]?: boolean };
/** Returns whether the gradient of at least one of these is needed. */
export const anyNeedsGradient = <X>(needsGradient: NeedsGradient<X>, ...names: readonly (keyof X)[]): boolean =>
  names.some((name) => needsGradient[name]);

/**
 * Forward and backward of one implementation: backward reads what forward saves, which differs between implementations.
 * X: tensors by name. P: sizes and settings, constant for a shape. S: saved tensors, by name.
 */
export interface Differentiable<X extends Tensors = Tensors, P = unknown, S extends Tensors = Tensors> {
  /** Returns `y` as a new tensor. Other tensors that it makes and doesn't save are disposed. */
  forward(x: X, p: P): { y: Tensor; saved: S };
  /**
   * dy: gradient of the loss by y -> gradient by each input that needs it, at least one, as new tensors, never dy
   * itself. Other gradients aren't computed.
   * `residualGradient`: gradient by an input that the op passes on; the op adds its own to it.
   */
  backward(dy: Tensor, saved: S, p: P, needsGradient: NeedsGradient<X>, residualGradient?: Tensor): Gradients<X>;
}

/** Runs an op and records it on the gradient tape. If all inputs are constants, so is the output; nothing is saved. */
export const run = <X extends Tensors, P>(implementations: Implementations<Differentiable<X, P>>, x: X, p: P): Tensor =>
  onTape(implementations, x, p)[0]!;

/**
 * Runs an op at the start of a residual branch: `residual` is its input `residualName`, for the sum at the branch's end. Its
 * backward pass gets both gradients, so no further op has to add them.
 */
export function runWithResidual<X extends Tensors, P>(
  implementations: Implementations<Differentiable<X, P>>,
  x: X,
  p: P,
  residualName: keyof X,
): [y: Tensor, residual: Tensor] {
  const residual = x[residualName]!;
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
  const implementation = pick(implementations);
  const inputs = Object.entries<Tensor | undefined>(x).filter(
    (entry): entry is [string, Tensor] => entry[1]?.dtype === 'float32',
  );
  const trainableInputs = inputs.filter(([, tensor]) => !isConstant(tensor));
  const needsGradient = Object.fromEntries(trainableInputs.map(([name]) => [name, true])) as NeedsGradient<X>;
  let savedNames: string[] = [];
  return customGradOf(
    inputs.map(([, tensor]) => tensor),
    (save) => {
      const { y, saved } = implementation.forward(x, p);
      if (trainableInputs.length === 0) return [constant(y)];
      const entries = Object.entries(saved).filter((entry): entry is [string, Tensor] => entry[1] !== undefined);
      savedNames = entries.map(([name]) => name);
      save(entries.map(([, tensor]) => tensor));
      return residual ? [y, tf.clone(residual)] : [y];
    },
    ([dy, residualGradient], tensors) => {
      const saved = Object.fromEntries(savedNames.map((name, i) => [name, tensors[i]!]));
      const gradients: Readonly<Record<string, Tensor | false | undefined>> = implementation.backward(
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
