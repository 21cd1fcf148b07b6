/**
 * A matrix product beside which a narrow pair of matrices goes the same way, as if their product were added to the weight. It
 * never is: neither that sum [I, O] nor a gradient of its size is made.
 *
 *   y = h W + scale (h A) B + b + r      h = x, or f(x) of a feed-forward; A may read another tensor in h's place
 *
 * x, beside [N, I], of a gate [N, 2 I]   weight W [I, O]   down A [I, R]   up B [R, O]   bias b [O]   residual r [N, O]
 * y [N, O], all f32. Of f(x) nothing is kept: backward makes it again from x, which its slope needs anyway.
 * Source: Hu et al. 2021, arXiv:2106.09685, equation 3.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { type FeedForwardKind, neurons } from './feedForward';
import { widened } from './resting';
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
  /** What A reads in the place of x; without `after`. */
  beside?: Tensor2D | undefined;
};
export interface LowRankSettings {
  scale: number;
  /** f; x itself where it is not given. */
  after?: FeedForwardKind | undefined;
}
/** between: scale h A, [N, R]. */
type Saved = Pick<X, 'x' | 'weight' | 'down' | 'up' | 'beside'> & { between: Tensor2D };
export type LowRank = Differentiable<X, LowRankSettings, Saved>;

export const LOW_RANK: Implementations<LowRank> = {
  webgpu: lowRankOnGpu,
  reference: {
    forward({ x, weight, down, up, bias, residual, beside }, { scale, after }) {
      const h = after ? neurons(after).forward(x) : x;
      const between = tf.mul<Tensor2D>(matMul(beside ?? h, down), scale);
      const product = tf.add<Tensor2D>(matMul(h, widened(weight)), matMul(between, up));
      const y = bias ? tf.add<Tensor2D>(product, bias) : product;
      return { y: residual ? tf.add(y, residual) : y, saved: { x, weight, down, up, between, beside } };
    },
    backward(dy, { x, weight, down, up, between, beside }, { scale, after }, needsGradient) {
      const out = dy as Tensor2D;
      const h = after && anyNeedsGradient(needsGradient, 'weight', 'down') ? neurons(after).forward(x) : x;
      const inner =
        anyNeedsGradient(needsGradient, 'x', 'down', 'beside') && tf.mul<Tensor2D>(matMul(out, up, { b: true }), scale);
      const throughPair = inner && anyNeedsGradient(needsGradient, 'x', 'beside') && matMul(inner, down, { b: true });
      const dh = (): Tensor2D => {
        const through = matMul(out, widened(weight), { b: true });
        return beside || !throughPair ? through : tf.add(through, throughPair);
      };
      return {
        x: needsGradient.x && (after ? neurons(after).backward(dh(), x) : dh()),
        weight: needsGradient.weight && matMul(h, out, { a: true }),
        down: needsGradient.down && inner && matMul(beside ?? h, inner, { a: true }),
        up: needsGradient.up && matMul(between, out, { a: true }),
        bias: needsGradient.bias && sumOfRows(out),
        residual: needsGradient.residual && tf.clone(out),
        beside: needsGradient.beside && throughPair,
      };
    },
  },
};
