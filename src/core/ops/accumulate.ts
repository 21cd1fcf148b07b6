/**
 * Gradient accumulation for all weights at once, in place: a step of several micro-batches.
 *
 *   a <- a + g         and after use, a <- 0
 *
 * Accumulators are variables with the weights' shapes, made by `allocate`. They persist between programs: each
 * micro-batch adds to them. The update uses them as its gradients (`globalNorm` and the optimizers read them in place)
 * and clears them.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import { accumulateOnGpu, clearOnGpu } from './accumulate.wgsl';
import { pick, type Implementations } from './op';

export type Accumulate = (sums: readonly Variable[], gradients: readonly Tensor[]) => void;

export const accumulate: Accumulate = (...input) => {
  pick(ACCUMULATE)(...input);
};
export const ACCUMULATE: Implementations<Accumulate> = {
  webgpu: accumulateOnGpu,
  reference: (sums, gradients) => {
    tf.tidy(() => {
      sums.forEach((sum, i) => sum.assign(tf.add(sum, gradients[i]!)));
    });
  },
};

/** Resets accumulators to 0. */
export const clear = (sums: readonly Variable[]): void => {
  pick(CLEAR)(sums);
};
const CLEAR: Implementations<(kept: readonly Variable[]) => void> = {
  webgpu: clearOnGpu,
  reference: (sums) => {
    tf.tidy(() => {
      for (const variable of sums) variable.assign(tf.zeros(variable.shape));
    });
  },
};
