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
  forward({ residual, ...inputs }, { activation, gated }) {
    const { x, inWeight, inBias, outWeight, outBias } = inputs;
    const [N, C] = x.shape;
    const [[H, O], inColumns] = [sizesOf(outWeight), sizesOf(inWeight)[1]];
    const [restIn, restOut] = [narrowDtypeOf(inWeight), narrowDtypeOf(outWeight)];
    const y = matrix(N, O);
    const inProduct = { M: N, N: inColumns, K: C, rest: restIn, bias: inBias !== undefined };
    const pre = matrix(N, inProduct.N);
    let inner: Tensor2D;
    if (gated) {
      dispatch(product(inProduct), { a: x, b: inWeight, bias: inBias, c: pre });
      inner = gatedOnGpu.forward({ x: pre }, activation).y as Tensor2D;
    } else {
      inner = matrix(N, H);
      dispatch(product({ ...inProduct, activation }), { a: x, b: inWeight, bias: inBias, pre, c: inner });
    }
    const outProduct = {
      M: N,
      N: O,
      K: H,
      rest: restOut,
      bias: outBias !== undefined,
      residual: residual !== undefined,
    };
    dispatch(product(outProduct), { a: inner, b: outWeight, bias: outBias, residual, c: y });
    return { y, saved: { x, inWeight, outWeight, pre, inner } };
  },
  backward(dy, { x, inWeight, outWeight, pre, inner }, { activation, gated = false }, needsGradient) {
    const [N, C] = x.shape;
    const [[H, O], inColumns] = [sizesOf(outWeight), sizesOf(inWeight)[1]];
    const [restIn, restOut] = [narrowDtypeOf(inWeight), narrowDtypeOf(outWeight)];
    const outGradients = weightGradients(inner, dy, needsGradient.outWeight, needsGradient.outBias);
    const laterGradients = {
      outWeight: outGradients.weight,
      outBias: outGradients.bias,
      residual: needsGradient.residual && tf.clone(dy),
    };
    if (!anyNeedsGradient(needsGradient, 'x', 'inWeight', 'inBias')) return laterGradients;
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
    const inGradients = weightGradients(x, du, needsGradient.inWeight, needsGradient.inBias);
    return { x: dx, inWeight: inGradients.weight, inBias: inGradients.bias, ...laterGradients };
  },
};

const matrix = (rows: number, columns: number): Tensor2D => emptyTensor([rows, columns], 'float32') as Tensor2D;
