/** Layers: ops that find their own weights in a table by Hugging Face's naming, `<layer>.weight` and `<layer>.bias`. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { feedForward } from '../ops/feedForward';
import { layerNorm, layerNormOfBranch } from '../ops/layerNorm';
import { linear } from '../ops/linear';
import { recompute } from '../ops/recompute';

type Weights = Readonly<Record<string, Tensor>>;

/** x [N, I] -> x W + b + residual [N, O]. */
export const dense = (weights: Weights, layer: string, x: Tensor2D, also: { residual?: Tensor2D } = {}): Tensor2D =>
  linear(x, weights[`${layer}.weight`] as Tensor2D, { bias: weights[`${layer}.bias`]!, ...also });

/** x [N, C] -> gelu(x W1 + b1) W2 + b2 + residual [N, C]; GPT-2's `mlp`. */
export const mlp = (weights: Weights, layer: string, x: Tensor2D, residual?: Tensor2D): Tensor2D =>
  feedForward({
    x,
    inWeight: weights[`${layer}.c_fc.weight`] as Tensor2D,
    inBias: weights[`${layer}.c_fc.bias`]!,
    outWeight: weights[`${layer}.c_proj.weight`] as Tensor2D,
    outBias: weights[`${layer}.c_proj.bias`]!,
    residual,
  });

/** x [N, C] -> [N, C], each row normalised, scaled and shifted. */
export const norm = (weights: Weights, layer: string, x: Tensor2D, epsilon: number): Tensor2D =>
  layerNorm(x, weights[`${layer}.weight`]!, weights[`${layer}.bias`]!, epsilon);

/** The same at the start of a residual branch; `rest` is x for the sum at its end. */
export const normOfBranch = (
  weights: Weights,
  layer: string,
  x: Tensor2D,
  epsilon: number,
): [y: Tensor2D, rest: Tensor2D] =>
  layerNormOfBranch(x, weights[`${layer}.weight`]!, weights[`${layer}.bias`]!, epsilon);

/**
 * One block of a stack, whose weights are those under `<name>.`. Where `again` says so, its backward pass runs it once more
 * instead of keeping what it computed.
 */
export function block(
  weights: Weights,
  name: string,
  x: Tensor2D,
  f: (x: Tensor2D) => Tensor2D,
  again = false,
): Tensor2D {
  if (!again) return f(x);
  const own = Object.keys(weights).filter((key) => key.startsWith(`${name}.`));
  return recompute(
    f,
    [x],
    own.map((key) => weights[key]!),
  );
}
