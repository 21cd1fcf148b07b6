import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { FeedForward } from './feedForward';
import { product } from './matmul.wgsl';

/** Two products forward and four backward; GELU and its slope are in the products beside them. */
export const feedForwardOnGpu: FeedForward = {
  forward({ x, inWeight, inBias, outWeight, outBias, residual }) {
    const [N, C] = x.shape;
    const [H, O] = outWeight.shape;
    const [pre, inner, y] = [matrix(N, H), matrix(N, H), matrix(N, O)];
    dispatch(product({ M: N, N: H, K: C, bias: true, gelu: true }), { a: x, b: inWeight, bias: inBias, pre, c: inner });
    const p = { M: N, N: O, K: H, bias: true, residual: residual !== undefined };
    dispatch(product(p), { a: inner, b: outWeight, bias: outBias, residual, c: y });
    return { y, saved: { x, inWeight, outWeight, pre, inner } };
  },
  backward(dy, { x, inWeight, outWeight, pre, inner }) {
    const [N, C] = x.shape;
    const [H, O] = outWeight.shape;
    const outBias = emptyTensor([O], 'float32');
    const dOut = matrix(H, O);
    const byOut = { M: H, N: O, K: N, transposeA: true, columns: true };
    dispatch(product(byOut), { a: inner, b: dy, c: dOut, columns: outBias });
    const du = matrix(N, H);
    dispatch(product({ M: N, N: H, K: O, transposeB: true, slope: true }), { a: dy, b: outWeight, pre, c: du });
    const dx = matrix(N, C);
    dispatch(product({ M: N, N: C, K: H, transposeB: true }), { a: du, b: inWeight, c: dx });
    const inBias = emptyTensor([H], 'float32');
    const dIn = matrix(C, H);
    dispatch(product({ M: C, N: H, K: N, transposeA: true, columns: true }), { a: x, b: du, c: dIn, columns: inBias });
    return { x: dx, inWeight: dIn, inBias, outWeight: dOut, outBias, residual: tf.clone(dy as Tensor2D) };
  },
};

const matrix = (rows: number, columns: number): Tensor2D => emptyTensor([rows, columns], 'float32') as Tensor2D;
