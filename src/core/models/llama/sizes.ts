import type { BaseConfig } from '../spec';

export interface LlamaConfig extends BaseConfig {
  /** Heads of keys and values, which those of queries share. */
  kvHeads: number;
  /** Columns of a head; 0: the width by the heads. */
  headWidth: number;
  /** Neurons of the feed-forward. */
  hidden: number;
  /** Of rotary positions: what the slowest pair of columns turns by, in tokens a radian, is about so many. */
  theta: number;
  /** Added to the mean of squares. */
  normEpsilon: number;
  /** Each head of queries and keys is normalised before it is turned (Qwen3). */
  qkNorm: boolean;
  /** Tokens that one sees, itself and those before it (Mistral); 0: all. */
  window: number;
}

/** Columns of one head, of all queries, and of all keys, which values have too. */
export function columnsOf({ width, heads, kvHeads, headWidth }: LlamaConfig): { head: number; q: number; k: number } {
  const head = headWidth || width / heads;
  return { head, q: heads * head, k: kvHeads * head };
}

/** Undefined where it leaves out nothing. */
export const windowOf = ({ window, context }: LlamaConfig): number | undefined =>
  window > 0 && window < context ? window : undefined;

/** What is said of scaled rotary positions: their angles differ at every place, so that no shorter context would do. */
export const ONLY_PLAIN = 'only plain ones: of kin that have them are Llama 3, SmolLM2, Mistral and Qwen3';
