import type { FeedForwardKind } from '../../ops/feedForward';
import type { BaseConfig } from '../spec';

export interface T5Config extends BaseConfig {
  /** Columns of a head; 0: the width divided by the heads. */
  headWidth: number;
  /** Neurons of the feed-forward. */
  hidden: number;
  /** Whether the feed-forward is a gated tanh GELU (T5 1.1); otherwise a ReLU (T5). */
  gated: boolean;
  /** Number of distance buckets, with one bias per head each; a bidirectional stack uses half for later tokens. */
  buckets: number;
  /** Distance in tokens from which on all distances share a bucket. */
  maxDistance: number;
  /** Whether the decoder's output is scaled by 1 / sqrt(width) before scoring, as in T5 but not in T5 1.1. */
  scaled: boolean;
  /** Added to the mean square in RMSNorm. */
  normEpsilon: number;
}

/** Columns of one head, and of all. */
export function columnsOf({ width, heads, headWidth }: T5Config): { head: number; all: number } {
  const head = headWidth || width / heads;
  return { head, all: heads * head };
}

export const feedForwardKind = ({ gated }: T5Config): FeedForwardKind =>
  gated ? { activation: 'gelu-tanh', gated } : { activation: 'relu' };
/** Columns of the activation function's input. */
export const innerOf = ({ gated, hidden }: T5Config): number => (gated ? 2 * hidden : hidden);

/** Names in transformers. */
export type Side = 'encoder' | 'decoder';
export const blockOf = (side: Side, layer: number): string => `${side}.block.${layer}`;
export const SELF = 'layer.0.SelfAttention';
export const CROSS = 'layer.1.EncDecAttention';
/** Last layer of a block. */
export const feedForwardLayer = (side: Side): string => (side === 'encoder' ? 'layer.1' : 'layer.2');
/** Relative position table: in the first block, shared by all. */
export const distancesOf = (side: Side): string => `${blockOf(side, 0)}.${SELF}.relative_attention_bias.weight`;
