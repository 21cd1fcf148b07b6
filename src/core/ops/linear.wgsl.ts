import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { narrowDtypeOf, sizesOf } from './narrowWeights';
import type { Linear } from './linear';
import { product } from './matmul.wgsl';

/** Three products: forward NN with its epilogue, dx NT, and dW TN, which also sums the bias gradient if both train. */
export const linearOnGpu: Linear = {
  forward({ x, weight, bias, residual }) {
    const [M, K] = x.shape;
    const [N, rest] = [sizesOf(weight)[1], narrowDtypeOf(weight)];
    const y = emptyTensor([M, N], 'float32') as Tensor2D;
    const p = { M, N, K, rest, bias: bias !== undefined, residual: residual !== undefined };
    dispatch(product(p), { a: x, b: weight, c: y, bias, residual });
    return { y, saved: { x, weight } };
  },
  backward(dy, { x, weight }, _, needsGradient) {
    const [N, I] = x.shape;
    const [O, rest] = [sizesOf(weight)[1], narrowDtypeOf(weight)];
    const dx = needsGradient.x && emptyTensor([N, I], 'float32');
    if (dx) dispatch(product({ M: N, N: I, K: O, transposeB: true, rest }), { a: dy, b: weight, c: dx });
    const { weight: dWeight, bias } = weightGradients(x, dy, needsGradient.weight, needsGradient.bias);
    return { x: dx, weight: dWeight, bias, residual: needsGradient.residual && tf.clone(dy) };
  },
};

/** Returns the needed gradients of weight [I, O] and bias [O] of x W + b. x [N, I], dy [N, O]. */
export function weightGradients(x: Tensor, dy: Tensor, needsWeight = false, needsBias = false) {
  const [[N, I], O] = [x.shape as [number, number], dy.shape[1]!];
  const [weight, bias] = [needsWeight && emptyTensor([I, O], 'float32'), needsBias && emptyTensor([O], 'float32')];
  if (weight) {
    const p = { M: I, N: O, K: N, transposeA: true, columns: needsBias };
    dispatch(product(p), { a: x, b: dy, c: weight, columns: bias || undefined });
  } else if (bias) {
    dispatch(product({ M: 1, N: O, K: N }), { a: tf.ones([1, N]), b: dy, c: bias });
  }
  return { weight, bias };
}
