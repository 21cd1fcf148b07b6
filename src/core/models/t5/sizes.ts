import type { FeedForwardKind } from '../../ops/feedForward';
import type { BaseConfig } from '../spec';

export interface T5Config extends BaseConfig {
  /** Columns of a head; 0: the width by the heads. */
  headWidth: number;
  /** Neurons of the feed-forward. */
  hidden: number;
  /** The feed-forward is a GELU by tanh with a gate (T5 1.1); otherwise a ReLU (T5). */
  gated: boolean;
  /** Of distances, each with a number for each head; half of them look ahead where both ways are seen. */
  buckets: number;
  /** Tokens from which on all distances share a bucket. */
  maxDistance: number;
  /** What is scored is divided by the root of the width, as in T5 and not in T5 1.1. */
  scaled: boolean;
  /** Added to the mean of squares. */
  normEpsilon: number;
}

/** Columns of one head, and of all. */
export function columnsOf({ width, heads, headWidth }: T5Config): { head: number; all: number } {
  const head = headWidth || width / heads;
  return { head, all: heads * head };
}

export const feedForwardKind = ({ gated }: T5Config): FeedForwardKind =>
  gated ? { activation: 'gelu-tanh', gated } : { activation: 'relu' };
/** Columns of what goes into the non-linearity. */
export const innerOf = ({ gated, hidden }: T5Config): number => (gated ? 2 * hidden : hidden);

/** Names as transformers has them. */
export type Side = 'encoder' | 'decoder';
export const blockOf = (side: Side, layer: number): string => `${side}.block.${layer}`;
export const SELF = 'layer.0.SelfAttention';
export const CROSS = 'layer.1.EncDecAttention';
/** The last of a block. */
export const feedForwardLayer = (side: Side): string => (side === 'encoder' ? 'layer.1' : 'layer.2');
/** In the first block, and read by all. */
export const distancesOf = (side: Side): string => `${blockOf(side, 0)}.${SELF}.relative_attention_bias.weight`;
