/** Layers: ops that find their own weights in a table by Hugging Face's naming, `<layer>.weight` and `<layer>.bias`. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { layerNorm } from '../ops/layerNorm';
import { linear } from '../ops/linear';
import { recompute } from '../ops/recompute';

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

/**
 * One block of a stack, whose weights are those under `<name>.`. Where `again` says so, its backward pass runs it once more
 * instead of keeping what it computed.
 */
export function block(
  weights: Weights,
  name: string,
  x: Tensor2D,
  f: (x: Tensor2D, name: string) => Tensor2D,
  again = false,
): Tensor2D {
  if (!again) return f(x, name);
  const own = Object.keys(weights).filter((key) => key.startsWith(`${name}.`));
  return recompute(
    (input: Tensor2D) => f(input, name),
    [x],
    own.map((key) => weights[key]!),
  );
}
