/**
 * What no gradient goes through: whole numbers, frozen weights (variables that are not trainable), and what ops have made of
 * nothing else. A backward pass ends there, and what would only serve it is neither computed nor kept.
 *
 * Of a tensor that nobody has called constant it is not known: it is taken to need its gradient.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** Says so of a tensor, and gives it back: a mask, or a bias that does not learn. */
export function constant<T extends Tensor>(tensor: T): T {
  constants.add(tensor);
  return tensor;
}
const constants = new WeakSet<Tensor>();

export const isConstant = (tensor: Tensor): boolean =>
  tensor.dtype !== 'float32' || (tensor instanceof tf.Variable ? !tensor.trainable : constants.has(tensor));
