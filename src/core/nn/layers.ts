/**
 * Layers: ops that find their weights in a table by Hugging Face's naming, `<layer>.weight` and `<layer>.bias`. A
 * missing bias isn't added. The weight of a linear layer can be an adapted one.
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

type Weights = Readonly<Record<string, Tensor | Adapted | undefined>>;

/** Weight [I, O] of a linear layer with its adapter. */
export interface Adapted {
  /**
   * x [N, I] -> [N, O], the layer's output plus a bias [O] and a residual [N, O]. `after`: x is the input of a
   * feed-forward's activation, [N, I], or [N, 2 I] with a gate.
   */
  linear(x: Tensor2D, extra: { bias?: Tensor; residual?: Tensor2D; after?: FeedForwardKind }): Tensor2D;
}
const isAdapted = (weight: Weights[string]): weight is Adapted => weight !== undefined && 'linear' in weight;

/** Returns a weight that no adapter replaces. */
const plain = (weights: Weights, name: string): Tensor => weights[name] as Tensor;
const biasOf = (weights: Weights, layer: string): Tensor | undefined => plain(weights, `${layer}.bias`);

/** x [N, I] -> x W + b + residual [N, O]. */
export function dense(weights: Weights, layer: string, x: Tensor2D, extra: { residual?: Tensor2D } = {}): Tensor2D {
  const [weight, bias] = [weights[`${layer}.weight`], biasOf(weights, layer)];
  const inputs = { ...(bias && { bias }), ...extra };
  return isAdapted(weight) ? weight.linear(x, inputs) : linear(x, weight as Tensor2D, inputs);
}

/** Norm of an architecture's rows, and its epsilon, added to the variance or mean square. */
export interface Norm {
  kind: NormKind;
  epsilon: number;
}
export type NormKind = keyof typeof NORMS;
type NormLayer = (weights: Weights, layer: string, x: Tensor2D, epsilon: number) => Tensor2D;
type NormWithResidual = (...inputs: Parameters<NormLayer>) => [y: Tensor2D, residual: Tensor2D];

const NORMS = {
  layerNorm: {
    plain: (weights, layer, x, epsilon) =>
      layerNorm(x, plain(weights, `${layer}.weight`), biasOf(weights, layer), epsilon),
    withResidual: (weights, layer, x, epsilon) =>
      layerNormWithResidual(x, plain(weights, `${layer}.weight`), biasOf(weights, layer), epsilon),
  },
  rmsNorm: {
    plain: (weights, layer, x, epsilon) => rmsNorm(x, plain(weights, `${layer}.weight`), epsilon),
    withResidual: (weights, layer, x, epsilon) => rmsNormWithResidual(x, plain(weights, `${layer}.weight`), epsilon),
  },
} as const satisfies Record<string, { plain: NormLayer; withResidual: NormWithResidual }>;

/** x [N, C] -> [N, C], each row normalized and scaled, and shifted if the norm has a bias. */
export const norm = (weights: Weights, layer: string, x: Tensor2D, { kind, epsilon }: Norm): Tensor2D =>
  NORMS[kind].plain(weights, layer, x, epsilon);

/** Norm at the start of a residual branch; `residual` is x for the sum at its end. */
export const preNorm = (
  weights: Weights,
  layer: string,
  x: Tensor2D,
  { kind, epsilon }: Norm,
): [y: Tensor2D, residual: Tensor2D] => NORMS[kind].withResidual(weights, layer, x, epsilon);

/** Norm at the end of a residual branch: residual + x [N, C], each row of x normalized and scaled. */
export const postNorm = (
  weights: Weights,
  layer: string,
  x: Tensor2D,
  { epsilon }: Norm & { kind: 'rmsNorm' },
  { residual }: { residual?: Tensor2D } = {},
): Tensor2D => rmsNorm(x, plain(weights, `${layer}.weight`), epsilon, residual);

/**
 * x [N, C] -> f(x W1 + b1) W2 + b2 + residual [N, C], with W1 of the first layer (gate | up if gated) and W2 of the
 * second. `inner` gets the output of f and may replace it.
 */
export function mlp(
  weights: Weights,
  [first, second]: readonly [first: string, second: string],
  x: Tensor2D,
  kind: FeedForwardKind,
  { residual, inner }: { residual?: Tensor2D; inner?: ((x: Tensor2D) => Tensor2D) | undefined } = {},
): Tensor2D {
  const [inWeight, outWeight] = [weights[`${first}.weight`], weights[`${second}.weight`]];
  if (!inner && !isAdapted(inWeight) && !isAdapted(outWeight)) {
    const matrices = { inWeight: inWeight as Tensor2D, outWeight: outWeight as Tensor2D };
    const biases = { inBias: biasOf(weights, first), outBias: biasOf(weights, second) };
    return feedForward({ x, ...matrices, ...biases, residual }, kind);
  }
  const pre = dense(weights, first, x);
  const toResidual = { ...(residual && { residual }) };
  if (!inner && isAdapted(outWeight)) {
    const bias = biasOf(weights, second);
    return outWeight.linear(pre, { ...(bias && { bias }), ...toResidual, after: kind });
  }
  const hidden = activated(pre, kind);
  return dense(weights, second, inner ? inner(hidden) : hidden, toResidual);
}

/** Applies a feed-forward's activation: pre [N, H], or [N, 2 H] with a gate -> [N, H]. */
export const activated = (pre: Tensor2D, kind: FeedForwardKind): Tensor2D =>
  kind.gated ? gated(pre, kind.activation) : (activation(pre, kind.activation) as Tensor2D);

/**
 * Runs one block of a stack. `reads`: other tensors that need gradients through f: an encoder's output, a shared bias.
 * If `isRecomputed`, the backward pass recomputes the block instead of keeping activations (gradient checkpointing).
 */
export const block = <Reads extends readonly Tensor[]>(
  x: Tensor2D,
  f: (x: Tensor2D, ...reads: Reads) => Tensor2D,
  isRecomputed = false,
  ...reads: Reads
): Tensor2D => (isRecomputed ? recompute(f, [x, ...reads]) : f(x, ...reads));
