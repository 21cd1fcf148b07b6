/**
 * Layers: ops that find their own weights in a table by Hugging Face's naming, `<layer>.weight` and `<layer>.bias`. A bias that
 * the table does not have is not added.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { activation } from '../ops/activation';
import { feedForward, type FeedForwardKind } from '../ops/feedForward';
import { gated } from '../ops/gated';
import { layerNorm, layerNormWithResidual } from '../ops/layerNorm';
import { linear } from '../ops/linear';
import { recompute } from '../ops/recompute';
import { rmsNorm, rmsNormWithResidual } from '../ops/rmsNorm';

export type { FeedForwardKind } from '../ops/feedForward';

type Weights = Readonly<Record<string, Tensor | undefined>>;

/** x [N, I] -> x W + b + residual [N, O]. */
export function dense(weights: Weights, layer: string, x: Tensor2D, extra: { residual?: Tensor2D } = {}): Tensor2D {
  const bias = weights[`${layer}.bias`];
  return linear(x, weights[`${layer}.weight`] as Tensor2D, { ...(bias && { bias }), ...extra });
}

/** What an architecture normalises rows by, and adds to the mean of squares. */
export interface Norm {
  kind: NormKind;
  epsilon: number;
}
export type NormKind = keyof typeof NORMS;
type NormLayer = (weights: Weights, layer: string, x: Tensor2D, epsilon: number) => Tensor2D;
type NormWithResidual = (...given: Parameters<NormLayer>) => [y: Tensor2D, residual: Tensor2D];

const NORMS = {
  layerNorm: {
    plain: (weights, layer, x, epsilon) => layerNorm(x, weights[`${layer}.weight`]!, weights[`${layer}.bias`], epsilon),
    withResidual: (weights, layer, x, epsilon) =>
      layerNormWithResidual(x, weights[`${layer}.weight`]!, weights[`${layer}.bias`], epsilon),
  },
  rmsNorm: {
    plain: (weights, layer, x, epsilon) => rmsNorm(x, weights[`${layer}.weight`]!, epsilon),
    withResidual: (weights, layer, x, epsilon) => rmsNormWithResidual(x, weights[`${layer}.weight`]!, epsilon),
  },
} as const satisfies Record<string, { plain: NormLayer; withResidual: NormWithResidual }>;

/** x [N, C] -> [N, C], each row normalised and scaled, and shifted where the norm has a bias. */
export const norm = (weights: Weights, layer: string, x: Tensor2D, { kind, epsilon }: Norm): Tensor2D =>
  NORMS[kind].plain(weights, layer, x, epsilon);

/** The same at the start of a residual branch; `residual` is x for the sum at its end. */
export const preNorm = (
  weights: Weights,
  layer: string,
  x: Tensor2D,
  { kind, epsilon }: Norm,
): [y: Tensor2D, residual: Tensor2D] => NORMS[kind].withResidual(weights, layer, x, epsilon);

/**
 * x [N, C] -> f(x W1 + b1) W2 + b2 + residual [N, C], W1 under `<layer>.c_fc` (of a gated kind: gate | up) and W2 under
 * `<layer>.c_proj`. `inner` sees, and may replace, what f gives.
 */
export function mlp(
  weights: Weights,
  layer: string,
  x: Tensor2D,
  kind: FeedForwardKind,
  { residual, inner }: { residual?: Tensor2D; inner?: ((x: Tensor2D) => Tensor2D) | undefined } = {},
): Tensor2D {
  if (!inner) {
    const [inWeight, inBias] = [weights[`${layer}.c_fc.weight`] as Tensor2D, weights[`${layer}.c_fc.bias`]];
    const [outWeight, outBias] = [weights[`${layer}.c_proj.weight`] as Tensor2D, weights[`${layer}.c_proj.bias`]];
    return feedForward({ x, inWeight, inBias, outWeight, outBias, residual }, kind);
  }
  const pre = dense(weights, `${layer}.c_fc`, x);
  const hidden = kind.gated ? gated(pre, kind.activation) : (activation(pre, kind.activation) as Tensor2D);
  return dense(weights, `${layer}.c_proj`, inner(hidden), { ...(residual && { residual }) });
}

/**
 * One block of a stack. `reads`: what else f learns from that others have made: an encoder's output, a shared bias. Where
 * `again` says so, its backward pass runs it once more instead of keeping what it computed.
 */
export const block = <Reads extends readonly Tensor[]>(
  x: Tensor2D,
  f: (x: Tensor2D, ...reads: Reads) => Tensor2D,
  again = false,
  ...reads: Reads
): Tensor2D => (again ? recompute(f, [x, ...reads]) : f(x, ...reads));
