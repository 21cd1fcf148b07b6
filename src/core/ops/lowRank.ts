/**
 * A matrix product beside which a narrow pair of matrices goes the same way, as if their product were added to the weight. It
 * never is: neither that sum [I, O] nor a gradient of its size is made.
 *
 *   y = x W + scale (x A) B + b + r
 *
 * x [N, I]   weight W [I, O]   down A [I, R]   up B [R, O]   bias b [O]   residual r [N, O]   y [N, O], all f32
 * Source: Hu et al. 2021, arXiv:2106.09685, equation 3.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { sumOfRows } from './linear';
import { lowRankOnGpu } from './lowRank.wgsl';
import { type Differentiable, anyNeedsGradient, run, type Implementations } from './op';

export const lowRank = (x: X, scale: number): Tensor2D => run(LOW_RANK, x, { scale }) as Tensor2D;

export type X = {
  x: Tensor2D;
  weight: Tensor2D;
  down: Tensor2D;
  up: Tensor2D;
  bias?: Tensor | undefined;
  residual?: Tensor2D | undefined;
};
/** between: x A, [N, R]. */
type Saved = Pick<X, 'x' | 'weight' | 'down' | 'up'> & { between: Tensor2D };
export type LowRank = Differentiable<X, { scale: number }, Saved>;

export const LOW_RANK: Implementations<LowRank> = {
  webgpu: lowRankOnGpu,
  reference: {
    forward({ x, weight, down, up, bias, residual }, { scale }) {
      const between = tf.matMul<Tensor2D>(x, down);
      const product = tf.add<Tensor2D>(tf.matMul(x, weight), tf.mul(tf.matMul(between, up), scale));
      const y = bias ? tf.add<Tensor2D>(product, bias) : product;
      return { y: residual ? tf.add(y, residual) : y, saved: { x, weight, down, up, between } };
    },
    backward(dy, { x, weight, down, up, between }, { scale }, needsGradient) {
      const out = dy as Tensor2D;
      const scaled = tf.mul<Tensor2D>(out, scale);
      const inner = anyNeedsGradient(needsGradient, 'x', 'down') && tf.matMul<Tensor2D>(scaled, tf.transpose(up));
      return {
        x:
          needsGradient.x &&
          inner &&
          tf.add(tf.matMul(out, tf.transpose(weight)), tf.matMul(inner, tf.transpose(down))),
        weight: needsGradient.weight && tf.matMul(tf.transpose(x), out),
        down: needsGradient.down && inner && tf.matMul(tf.transpose(x), inner),
        up: needsGradient.up && tf.matMul(tf.transpose(between), scaled),
        bias: needsGradient.bias && sumOfRows(out),
        residual: needsGradient.residual && tf.clone(out),
      };
    },
  },
};
