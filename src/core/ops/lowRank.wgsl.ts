import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { weightGradients } from './linear.wgsl';
import type { LowRank } from './lowRank';
import { product } from './matmul.wgsl';
import { anyNeedsGradient } from './op';

/** Three products forward, and backward five where the weight is frozen: what the narrow pair adds, its last product adds. */
export const lowRankOnGpu: LowRank = {
  forward({ x, weight, down, up, bias, residual }, { scale }) {
    const [[N, I], O, R] = [x.shape, weight.shape[1], down.shape[1]];
    const [between, y] = [matrix(N, R), matrix(N, O)];
    dispatch(product({ M: N, N: R, K: I }), { a: x, b: down, c: between });
    const whole = { M: N, N: O, K: I, bias: bias !== undefined, residual: residual !== undefined };
    dispatch(product(whole), { a: x, b: weight, c: y, bias, residual });
    dispatch(product({ M: N, N: O, K: R, scale, accumulate: true }), { a: between, b: up, c: y });
    return { y, saved: { x, weight, down, up, between } };
  },
  backward(dy, { x, weight, down, up, between }, { scale }, needsGradient) {
    const [[N, I], O, R] = [x.shape, weight.shape[1], down.shape[1]];
    const { weight: dWeight, bias } = weightGradients(x, dy, needsGradient.weight, needsGradient.bias);
    const dUp = needsGradient.up && matrix(R, O);
    if (dUp) dispatch(product({ M: R, N: O, K: N, transposeA: true, scale }), { a: between, b: dy, c: dUp });
    const outer = { weight: dWeight, bias, up: dUp, residual: needsGradient.residual && tf.clone(dy) };
    if (!anyNeedsGradient(needsGradient, 'x', 'down')) return outer;
    const inner = matrix(N, R);
    dispatch(product({ M: N, N: R, K: O, transposeB: true, scale }), { a: dy, b: up, c: inner });
    const { weight: dDown } = weightGradients(x, inner, needsGradient.down);
    const dx = needsGradient.x && matrix(N, I);
    if (dx) {
      dispatch(product({ M: N, N: I, K: O, transposeB: true }), { a: dy, b: weight, c: dx });
      dispatch(product({ M: N, N: I, K: R, transposeB: true, accumulate: true }), { a: inner, b: down, c: dx });
    }
    return { x: dx, down: dDown, ...outer };
  },
};

const matrix = (rows: number, columns: number): Tensor2D => emptyTensor([rows, columns], 'float32') as Tensor2D;
