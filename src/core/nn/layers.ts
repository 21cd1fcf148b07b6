/** Layers: ops that find their own weights in a table by Hugging Face's naming, `<layer>.weight` and `<layer>.bias`. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { layerNorm } from '../ops/layerNorm';
import { linear } from '../ops/linear';

type Weights = Readonly<Record<string, Tensor>>;

/** x [N, I] -> act(x W + b) + residual [N, O]. */
export const dense = (
  weights: Weights,
  layer: string,
  x: Tensor2D,
  also: { gelu?: boolean; residual?: Tensor2D } = {},
): Tensor2D => linear(x, weights[`${layer}.weight`] as Tensor2D, { bias: weights[`${layer}.bias`]!, ...also });

/** x [N, C] -> [N, C], each row normalised, scaled and shifted. */
export const norm = (weights: Weights, layer: string, x: Tensor2D, epsilon: number): Tensor2D =>
  layerNorm(x, weights[`${layer}.weight`]!, weights[`${layer}.bias`]!, epsilon);
