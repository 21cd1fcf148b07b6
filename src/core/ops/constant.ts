/**
 * Tracks tensors without gradients: integers, frozen weights (variables that aren't trainable), and results of ops on
 * only those. A backward pass stops at them and neither computes nor saves values for them.
 *
 * A tensor that isn't marked constant is assumed to need its gradient.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** Marks a tensor as constant and returns it: a mask, or a frozen bias. */
export function constant<T extends Tensor>(tensor: T): T {
  constants.add(tensor);
  return tensor;
}
const constants = new WeakSet<Tensor>();

export const isConstant = (tensor: Tensor): boolean =>
  tensor.dtype !== 'float32' || (tensor instanceof tf.Variable ? !tensor.trainable : constants.has(tensor));
