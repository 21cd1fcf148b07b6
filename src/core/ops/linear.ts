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
import { onHeap } from '../gpu/wasmTensors';
import { widened } from './narrowWeights';
import { linearOnGpu } from './linear.wgsl';
import { matMul } from './matMul';
import { type Differentiable, run, type Implementations } from './op';
import { overwrite, runPass } from './pass';

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
      return { y: withBias(matMul(x, widened(weight)), bias, residual), saved: { x, weight } };
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

/** Adds a bias [O] to each row of a product [N, O], then a residual [N, O]. On WASM, overwrites the product. */
export function withBias(product: Tensor2D, bias?: Tensor, residual?: Tensor2D): Tensor2D {
  const heap = onHeap();
  if (heap && (bias ?? residual)) {
    const x = product;
    if (bias && residual) overwrite(heap, 'addBiasAndResidual', { x, bias, residual }, x);
    else if (bias) overwrite(heap, 'addBias', { x, bias }, x);
    else if (residual) overwrite(heap, 'addResidual', { x, residual }, x);
    return x;
  }
  const y = bias ? tf.add<Tensor2D>(product, bias) : product;
  return residual ? tf.add(y, residual) : y;
}

/** [N, O] -> [O] */
export function sumOfRows(x: Tensor2D): Tensor {
  const heap = onHeap();
  return heap
    ? runPass(heap, 'sumOfRows', { x }, x.shape)
    : tf.reshape(tf.matMul(tf.ones<Rank.R2>([1, x.shape[0]]), x), [x.shape[1]]);
}
