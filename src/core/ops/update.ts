/**
 * What the optimizers' updates share. An update changes variables and returns nothing: on WebGPU it writes their buffers,
 * elsewhere it assigns fresh tensors, because wasm keeps a packed copy of a product's right side and would not see its
 * memory change. Nothing that differs between steps is baked in: rates come in a small tensor, the norm in another.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';

/** One weight and what belongs to it. `decay`: weight decay applies. */
export interface Slot {
  parameter: Variable;
  gradient: Tensor;
  decay: boolean;
}

/** The factor that brings a gradient of this norm down to `clip`; 1 when it is below, or when clip is 0. */
export const clipFactor = (norm: Scalar, clip: number): Tensor =>
  clip > 0 ? tf.minimum(1, tf.div(clip, tf.add(norm, 1e-6))) : tf.scalar(1);
