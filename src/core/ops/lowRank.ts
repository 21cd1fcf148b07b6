/**
 * Linear layer with a LoRA adapter: a matrix product plus the product through a narrow pair of matrices. Never computes
 * the pair's product [I, O] or a gradient of that size.
 *
 *   y = h W + scale (h A) B + b + r      h = x, or f(x) of a feed-forward; A may read `added` instead of h
 *
 * x, added [N, I], with a gate [N, 2 I]   weight W [I, O]   down A [I, R]   up B [R, O]   bias b [O]  
 * residual r [N, O]   y [N, O], all f32. f(x) isn't saved: backward recomputes it from x, which its slope needs anyway.
 * Source: Hu et al. 2021, arXiv:2106.09685, equation 3.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { type FeedForwardKind, gatedActivation } from './feedForward';
import { widened } from './narrowWeights';
import { sumOfRows } from './linear';
import { lowRankOnGpu } from './lowRank.wgsl';
import { matMul } from './matMul';
import { type Differentiable, anyNeedsGradient, run, type Implementations } from './op';

export const lowRank = (x: X, settings: LowRankSettings): Tensor2D => run(LOW_RANK, x, settings) as Tensor2D;

export type X = {
  x: Tensor2D;
  weight: Tensor2D;
  down: Tensor2D;
  up: Tensor2D;
  bias?: Tensor | undefined;
  residual?: Tensor2D | undefined;
  /** Input of A instead of x; not with `after`. */
  added?: Tensor2D | undefined;
};
export interface LowRankSettings {
  scale: number;
  /** f; identity if absent. */
  after?: FeedForwardKind | undefined;
}
/** between: scale h A, [N, R]. */
type Saved = Pick<X, 'x' | 'weight' | 'down' | 'up' | 'added'> & { between: Tensor2D };
export type LowRank = Differentiable<X, LowRankSettings, Saved>;

export const LOW_RANK: Implementations<LowRank> = {
  webgpu: lowRankOnGpu,
  reference: {
    forward({ x, weight, down, up, bias, residual, added }, { scale, after }) {
      const h = after ? gatedActivation(after).forward(x) : x;
      const between = tf.mul<Tensor2D>(matMul(added ?? h, down), scale);
      const product = tf.add<Tensor2D>(matMul(h, widened(weight)), matMul(between, up));
      const y = bias ? tf.add<Tensor2D>(product, bias) : product;
      return { y: residual ? tf.add(y, residual) : y, saved: { x, weight, down, up, between, added } };
    },
    backward(dy, { x, weight, down, up, between, added }, { scale, after }, needsGradient) {
      const dY = dy as Tensor2D;
      const h = after && anyNeedsGradient(needsGradient, 'weight', 'down') ? gatedActivation(after).forward(x) : x;
      const inner =
        anyNeedsGradient(needsGradient, 'x', 'down', 'added') && tf.mul<Tensor2D>(matMul(dY, up, { b: true }), scale);
      const throughPair = inner && anyNeedsGradient(needsGradient, 'x', 'added') && matMul(inner, down, { b: true });
      const dh = (): Tensor2D => {
        const through = matMul(dY, widened(weight), { b: true });
        return added || !throughPair ? through : tf.add(through, throughPair);
      };
      return {
        x: needsGradient.x && (after ? gatedActivation(after).backward(dh(), x) : dh()),
        weight: needsGradient.weight && matMul(h, dY, { a: true }),
        down: needsGradient.down && inner && matMul(added ?? h, inner, { a: true }),
        up: needsGradient.up && matMul(between, dY, { a: true }),
        bias: needsGradient.bias && sumOfRows(dY),
        residual: needsGradient.residual && tf.clone(dY),
        added: needsGradient.added && throughPair,
      };
    },
  },
};
