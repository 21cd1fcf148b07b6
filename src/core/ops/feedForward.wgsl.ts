import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { FeedForward } from './feedForward';
import { weightGradients } from './linear.wgsl';
import { product } from './matmul.wgsl';
import { anyNeedsGradient } from './op';

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
    return { y, saved: { x, inWeight, outWeight, pre, inner } };
  },
  backward(dy, { x, inWeight, outWeight, pre, inner }, activation, needsGradient) {
    const [N, C] = x.shape;
    const [H, O] = outWeight.shape;
    const out = weightGradients(inner, dy, needsGradient.outWeight, needsGradient.outBias);
    const outer = { outWeight: out.weight, outBias: out.bias, residual: needsGradient.residual && tf.clone(dy) };
    if (!anyNeedsGradient(needsGradient, 'x', 'inWeight', 'inBias')) return outer;
    const du = matrix(N, H);
    const throughActivation = { M: N, N: H, K: O, transposeB: true, slope: activation };
    dispatch(product(throughActivation), { a: dy, b: outWeight, pre, c: du });
    const dx = needsGradient.x && matrix(N, C);
    if (dx) dispatch(product({ M: N, N: C, K: H, transposeB: true }), { a: du, b: inWeight, c: dx });
    const into = weightGradients(x, du, needsGradient.inWeight, needsGradient.inBias);
    return { x: dx, inWeight: into.weight, inBias: into.bias, ...outer };
  },
};

const matrix = (rows: number, columns: number): Tensor2D => emptyTensor([rows, columns], 'float32') as Tensor2D;
