import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { FeedForward } from './feedForward';
import { product } from './matmul.wgsl';

/** Two products forward and four backward; the activation and its slope are in the products beside them. */
export const feedForwardOnGpu: FeedForward = {
  forward({ residual, ...given }, activation) {
    const { x, inWeight, inBias, outWeight, outBias } = given;
    const [N, C] = x.shape;
    const [H, O] = outWeight.shape;
    const [pre, inner, y] = [matrix(N, H), matrix(N, H), matrix(N, O)];
    const byIn = { M: N, N: H, K: C, bias: inBias !== undefined, activation };
    dispatch(product(byIn), { a: x, b: inWeight, bias: inBias, pre, c: inner });
    const byOut = { M: N, N: O, K: H, bias: outBias !== undefined, residual: residual !== undefined };
    dispatch(product(byOut), { a: inner, b: outWeight, bias: outBias, residual, c: y });
    return { y, saved: { ...given, pre, inner } };
  },
  backward(dy, { x, inWeight, inBias, outWeight, outBias, pre, inner }, activation) {
    const [N, C] = x.shape;
    const [H, O] = outWeight.shape;
    const dOutBias = outBias && emptyTensor([O], 'float32');
    const dOut = matrix(H, O);
    const byOut = { M: H, N: O, K: N, transposeA: true, columns: outBias !== undefined };
    dispatch(product(byOut), { a: inner, b: dy, c: dOut, columns: dOutBias });
    const du = matrix(N, H);
    const throughActivation = { M: N, N: H, K: O, transposeB: true, slope: activation };
    dispatch(product(throughActivation), { a: dy, b: outWeight, pre, c: du });
    const dx = matrix(N, C);
    dispatch(product({ M: N, N: C, K: H, transposeB: true }), { a: du, b: inWeight, c: dx });
    const dInBias = inBias && emptyTensor([H], 'float32');
    const dIn = matrix(C, H);
    const byIn = { M: C, N: H, K: N, transposeA: true, columns: inBias !== undefined };
    dispatch(product(byIn), { a: x, b: du, c: dIn, columns: dInBias });
    return {
      x: dx,
      inWeight: dIn,
      inBias: dInBias,
      outWeight: dOut,
      outBias: dOutBias,
      residual: tf.clone(dy as Tensor2D),
    };
  },
};

const matrix = (rows: number, columns: number): Tensor2D => emptyTensor([rows, columns], 'float32') as Tensor2D;
