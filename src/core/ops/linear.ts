/**
 * Linear layer: a matrix product with bias and residual.
 *
 *   y = x W + b + r
 *
 * x [N, I]   weight W [I, O]   bias b [O]   residual r [N, O]   y [N, O], all f32
 * Weights are [in, out]; frozen ones may use fewer bytes (narrowWeights.ts).
 * Source: GPT-2's own layout, Conv1D in Hugging Face's pytorch_utils.py.
 */
import * as tf from '@tensorflow/tfjs';
import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { widened } from './narrowWeights';
import { linearOnGpu } from './linear.wgsl';
import { matMul } from './matMul';
import { type Differentiable, run, type Implementations } from './op';

export function linear(
  x: Tensor2D,
  weight: Tensor2D,
  { bias, residual }: { bias?: Tensor | undefined; residual?: Tensor2D | undefined } = {},
): Tensor2D {
  return run(LINEAR, { x, weight, bias, residual }, undefined) as Tensor2D;
}

type X = { x: Tensor2D; weight: Tensor2D; bias: Tensor | undefined; residual: Tensor2D | undefined };
export type Linear = Differentiable<X, undefined, Pick<X, 'x' | 'weight'>>;
export const LINEAR: Implementations<Linear> = {
  webgpu: linearOnGpu,
  reference: {
    forward({ x, weight, bias, residual }) {
      const product = matMul(x, widened(weight));
      const y = bias ? tf.add<Tensor2D>(product, bias) : product;
      return { y: residual ? tf.add(y, residual) : y, saved: { x, weight } };
    },
    backward(dy, { x, weight }, _, needsGradient) {
      const dY = dy as Tensor2D;
      return {
        x: needsGradient.x && matMul(dY, widened(weight), { b: true }),
        weight: needsGradient.weight && matMul(x, dY, { a: true }),
        bias: needsGradient.bias && sumOfRows(dY),
        residual: needsGradient.residual && tf.clone(dY),
      };
    },
  },
};

/** [N, O] -> [O]. Not tf.sum: wasm's product can use the rows in place, and tf.sum would transpose them first. */
export const sumOfRows = (x: Tensor2D): Tensor =>
  tf.reshape(tf.matMul(tf.ones<Rank.R2>([1, x.shape[0]]), x), [x.shape[1]]);
