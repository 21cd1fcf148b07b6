/**
 * Common parts of the optimizers' updates. An update changes variables and returns nothing. On WebGPU it writes their
 * buffers; elsewhere it assigns new tensors, because wasm caches a packed copy of a product's right side and would miss
 * in-place changes. Values that differ between steps are inputs: rates in a small tensor, the norm in another.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';

/** Weight with its gradient and settings. `decay`: weight decay applies. */
export interface Slot {
  parameter: Variable;
  gradient: Tensor;
  decay: boolean;
}

/** Returns the factor that clips a gradient of this norm to `clip`; 1 if it is below, or if clip is 0. */
export const clipFactor = (norm: Scalar, clip: number): Tensor =>
  clip > 0 ? tf.minimum(1, tf.div(clip, tf.add(norm, 1e-6))) : tf.scalar(1);
