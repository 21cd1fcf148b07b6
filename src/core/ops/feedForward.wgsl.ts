import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { FeedForward } from './feedForward';
import { gatedOnGpu } from './gated.wgsl';
import { narrowDtypeOf, sizesOf } from './narrowWeights';
import { weightGradients } from './linear.wgsl';
import { product } from './matmul.wgsl';
import { anyNeedsGradient } from './op';

/** Two products forward and four backward; neighboring products fuse the activation, its slope, and the gate. */
export const feedForwardOnGpu: FeedForward = {
  forward({ residual, ...given }, { activation, gated }) {
    const { x, inWeight, inBias, outWeight, outBias } = given;
    const [N, C] = x.shape;
    const [[H, O], inColumns] = [sizesOf(outWeight), sizesOf(inWeight)[1]];
    const [restIn, restOut] = [narrowDtypeOf(inWeight), narrowDtypeOf(outWeight)];
    const y = matrix(N, O);
    const byIn = { M: N, N: inColumns, K: C, rest: restIn, bias: inBias !== undefined };
    const pre = matrix(N, byIn.N);
    let inner: Tensor2D;
    if (gated) {
      dispatch(product(byIn), { a: x, b: inWeight, bias: inBias, c: pre });
      inner = gatedOnGpu.forward({ x: pre }, activation).y as Tensor2D;
    } else {
      inner = matrix(N, H);
      dispatch(product({ ...byIn, activation }), { a: x, b: inWeight, bias: inBias, pre, c: inner });
    }
    const byOut = {
      M: N,
      N: O,
      K: H,
      rest: restOut,
      bias: outBias !== undefined,
      residual: residual !== undefined,
    };
    dispatch(product(byOut), { a: inner, b: outWeight, bias: outBias, residual, c: y });
    return { y, saved: { x, inWeight, outWeight, pre, inner } };
  },
  backward(dy, { x, inWeight, outWeight, pre, inner }, { activation, gated = false }, needsGradient) {
    const [N, C] = x.shape;
    const [[H, O], inColumns] = [sizesOf(outWeight), sizesOf(inWeight)[1]];
    const [restIn, restOut] = [narrowDtypeOf(inWeight), narrowDtypeOf(outWeight)];
    const out = weightGradients(inner, dy, needsGradient.outWeight, needsGradient.outBias);
    const outer = { outWeight: out.weight, outBias: out.bias, residual: needsGradient.residual && tf.clone(dy) };
    if (!anyNeedsGradient(needsGradient, 'x', 'inWeight', 'inBias')) return outer;
    const du = matrix(N, inColumns);
    const transposed = { transposeB: true, rest: restOut };
    const throughActivation = { M: N, N: H, K: O, ...transposed, slope: activation, ...(gated && { gated }) };
    dispatch(product(throughActivation), { a: dy, b: outWeight, pre, c: du });
    const dx = needsGradient.x && matrix(N, C);
    if (dx)
      dispatch(product({ M: N, N: C, K: inColumns, transposeB: true, rest: restIn }), {
        a: du,
        b: inWeight,
        c: dx,
      });
    const into = weightGradients(x, du, needsGradient.inWeight, needsGradient.inBias);
    return { x: dx, inWeight: into.weight, inBias: into.bias, ...outer };
  },
};

const matrix = (rows: number, columns: number): Tensor2D => emptyTensor([rows, columns], 'float32') as Tensor2D;
