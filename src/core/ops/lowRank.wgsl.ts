import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { activationOnGpu } from './activation.wgsl';
import type { FeedForwardKind } from './feedForward';
import { gatedOnGpu } from './gated.wgsl';
import { narrowDtypeOf, sizesOf } from './narrowWeights';
import { weightGradients } from './linear.wgsl';
import type { LowRank } from './lowRank';
import { product } from './matmul.wgsl';
import { anyNeedsGradient } from './op';

/**
 * Two products forward, and four backward if the weight is frozen: the wide product's sums include the narrow pair's
 * terms, also in the gradients.
 */
export const lowRankOnGpu: LowRank = {
  forward({ x, weight, down, up, bias, residual, added }, { scale, after }) {
    const [N, [I, O], R] = [x.shape[0], sizesOf(weight), down.shape[1]];
    const h = after ? neurons(x, after) : x;
    const [between, y] = [matrix(N, R), matrix(N, O)];
    dispatch(product({ M: N, N: R, K: I, scale }), { a: added ?? h, b: down, c: between });
    const rest = narrowDtypeOf(weight);
    const outProduct = {
      M: N,
      N: O,
      K: I,
      rest,
      secondInner: R,
      bias: bias !== undefined,
      residual: residual !== undefined,
    };
    dispatch(product(outProduct), { a: h, b: weight, aSecond: between, bSecond: up, c: y, bias, residual });
    return { y, saved: { x, weight, down, up, between, added } };
  },
  backward(dy, { x, weight, down, up, between, added }, { scale, after }, needsGradient) {
    const [N, [I, O], R] = [x.shape[0], sizesOf(weight), down.shape[1]];
    const dUp = needsGradient.up && matrix(R, O);
    if (dUp) dispatch(product({ M: R, N: O, K: N, transposeA: true }), { a: between, b: dy, c: dUp });
    const inner = anyNeedsGradient(needsGradient, 'x', 'down', 'added') && matrix(N, R);
    if (inner) dispatch(product({ M: N, N: R, K: O, transposeB: true, scale }), { a: dy, b: up, c: inner });

    const dx = needsGradient.x && (emptyTensor(x.shape, 'float32') as Tensor2D);
    const recomputesInput = after !== undefined && anyNeedsGradient(needsGradient, 'weight', 'down');
    const recomputedInput = dx && recomputesInput ? matrix(N, I) : undefined;
    if (dx) {
      const slope = after && { slope: after.activation, ...(after.gated && { gated: true }) };
      const rest = narrowDtypeOf(weight);
      const p = { M: N, N: I, K: O, transposeB: true, rest, ...slope, ...(recomputedInput && { again: true }) };
      const pair = inner && !added ? { aSecond: inner, bSecond: down } : undefined;
      dispatch(product({ ...p, ...(pair && { secondInner: R }) }), {
        a: dy,
        b: weight,
        ...pair,
        pre: x,
        again: recomputedInput,
        c: dx,
      });
    }
    const h = recomputedInput ?? (recomputesInput ? neurons(x, after) : x);
    const { weight: dWeight, bias } = weightGradients(h, dy, needsGradient.weight, needsGradient.bias);
    const dAdded = needsGradient.added && matrix(N, I);
    if (dAdded && inner) {
      dispatch(product({ M: N, N: I, K: R, transposeB: true }), { a: inner, b: down, c: dAdded });
    }
    return {
      x: dx,
      weight: dWeight,
      down: inner && weightGradients(added ?? h, inner, needsGradient.down).weight,
      up: dUp,
      bias,
      residual: needsGradient.residual && tf.clone(dy),
      added: dAdded,
    };
  },
};

const neurons = (x: Tensor2D, { activation, gated }: FeedForwardKind): Tensor2D =>
  (gated ? gatedOnGpu : activationOnGpu).forward({ x }, activation).y as Tensor2D;

const matrix = (rows: number, columns: number): Tensor2D => emptyTensor([rows, columns], 'float32') as Tensor2D;
