/**
 * Gradient accumulation for all weights at once, in place: a step of several micro-batches.
 *
 *   a <- a + g         and after use, a <- 0
 *
 * Accumulators [n] are variables with the weights' shapes, made by `hold`. They persist between programs: a micro-step
 * adds; the step that applies them uses them as its gradients (`globalNorm` and the optimizers read them in place) and
 * clears them after the update.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import { accumulateOnGpu, clearOnGpu } from './accumulate.wgsl';
import { pick, type Implementations } from './op';

export type Accumulate = (into: readonly Variable[], gradients: readonly Tensor[]) => void;

export const accumulate: Accumulate = (...input) => {
  pick(ACCUMULATE)(...input);
};
export const ACCUMULATE: Implementations<Accumulate> = {
  webgpu: accumulateOnGpu,
  reference: (into, gradients) => {
    tf.tidy(() => {
      into.forEach((kept, i) => kept.assign(tf.add(kept, gradients[i]!)));
    });
  },
};

/** Resets accumulators to 0. */
export const clear = (kept: readonly Variable[]): void => {
  pick(CLEAR)(kept);
};
const CLEAR: Implementations<(kept: readonly Variable[]) => void> = {
  webgpu: clearOnGpu,
  reference: (kept) => {
    tf.tidy(() => {
      for (const variable of kept) variable.assign(tf.zeros(variable.shape));
    });
  },
};
