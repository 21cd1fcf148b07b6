/**
 * Dropout: sets elements to 0 with a probability and scales the others, so that the mean stays.
 *
 *   y[i] = x[i] keep[i] / (1 - probability) + residual[i]
 *   keep[i] = uniform(seed, purpose, step, i) < 1 - probability
 *
 * x, y, residual  one shape, f32   counter [2] int32: seed and step, as bits; a tensor, so a traced step stays random
 * `purpose` names the place in the model: two dropouts of one step need different ones. Backward recomputes the mask.
 * Source: Srivastava et al. 2014; generator: base/rng.ts.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { bernoulli } from '../base/rng';
import { dropoutOnGpu } from './dropout.wgsl';
import { type Differentiable, run, runWithResidual, type Implementations } from './op';

export const dropout = (x: Tensor, counter: Tensor, settings: DropoutSettings, residual?: Tensor): Tensor =>
  run(DROPOUT, { x, counter, residual }, settings);

/** Dropout at the start of a branch: `residual` is x again, for the sum at the branch's end. */
export const dropoutWithResidual = (
  x: Tensor,
  counter: Tensor,
  settings: DropoutSettings,
): [y: Tensor, residual: Tensor] => runWithResidual(DROPOUT, { x, counter, residual: undefined }, settings, 'x');

type X = { x: Tensor; counter: Tensor; residual: Tensor | undefined };
export interface DropoutSettings {
  /** 0 <= probability < 1. */
  probability: number;
  purpose: string;
}

export type Dropout = Differentiable<X, DropoutSettings, { counter: Tensor }>;

export const DROPOUT: Implementations<Dropout> = {
  webgpu: dropoutOnGpu,
  reference: {
    forward({ x, counter, residual }, settings) {
      const y = tf.mul(x, scales(counter, x.shape, settings));
      return { y: residual ? tf.add(y, residual) : y, saved: { counter } };
    },
    backward(dy, { counter }, settings, needsGradient, residualGradient) {
      const dx = needsGradient.x && tf.mul(dy, scales(counter, dy.shape, settings));
      return {
        x: dx && residualGradient ? tf.add(dx, residualGradient) : dx,
        residual: needsGradient.residual && tf.clone(dy),
      };
    },
  },
};

const scales = (counter: Tensor, shape: number[], settings: DropoutSettings): Tensor =>
  tf.tensor(dropoutScales(counter, tf.util.sizeFromShape(shape), settings), shape);

/** keep / (1 - probability) of n elements. Reads the counter, which is on the host if no kernel has used it. */
export function dropoutScales(counter: Tensor, n: number, { probability, purpose }: DropoutSettings): Float32Array {
  const [seed, step] = counter.dataSync<'int32'>();
  const keep = 1 - probability;
  return bernoulli(seed! >>> 0, purpose, step! >>> 0, n, keep).map((kept) => kept / keep);
}
