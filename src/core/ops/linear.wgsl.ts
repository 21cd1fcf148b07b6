import type { Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { Linear } from './linear';
import { product } from './matmul.wgsl';

/** Three products: forward NN with all that follows it, dx NT, and dW TN, which also sums the bias' gradient. */
export const linearOnGpu: Linear = {
  forward({ x, weight, bias, residual }) {
    const [M, K] = x.shape;
    const N = weight.shape[1];
    const y = emptyTensor([M, N], 'float32') as Tensor2D;
    const p = { M, N, K, bias: bias !== undefined, residual: residual !== undefined };
    dispatch(product(p), { a: x, b: weight, c: y, bias, residual });
    return { y, saved: { x, weight, bias } };
  },
  backward(dy, { x, weight, bias }) {
    const [N, I] = x.shape;
    const O = weight.shape[1];
    const dx = emptyTensor([N, I], 'float32') as Tensor2D;
    dispatch(product({ M: N, N: I, K: O, transposeB: true }), { a: dy, b: weight, c: dx });
    const dWeight = emptyTensor([I, O], 'float32') as Tensor2D;
    const dBias = bias && emptyTensor([O], 'float32');
    const p = { M: I, N: O, K: N, transposeA: true, columns: bias !== undefined };
    dispatch(product(p), { a: x, b: dy, c: dWeight, columns: dBias });
    return { x: dx, weight: dWeight, bias: dBias, residual: tf.clone(dy as Tensor2D) };
  },
};
