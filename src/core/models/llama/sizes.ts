import type { BaseConfig } from '../spec';

export interface LlamaConfig extends BaseConfig {
  /** Heads of keys and values, which groups of query heads share. */
  kvHeads: number;
  /** Columns of a head; 0: the width divided by the heads. */
  headWidth: number;
  /** Neurons of the feed-forward. */
  hidden: number;
  /** Base of rotary positions: the slowest pair of columns turns by about a radian in this many tokens. */
  theta: number;
  /** Added to the mean square in RMSNorm. */
  normEpsilon: number;
  /** Normalizes queries and keys before rotation: each head separately (Qwen3), or all heads of a row (OLMo 2). */
  qkNorm: 'none' | 'heads' | 'rows';
  /** Place of each branch's norm: before its computation, or after it (OLMo 2). */
  norm: 'before' | 'after';
  /** Sliding window in tokens, including the current one (Mistral); 0: all. */
  window: number;
}

/** Columns of one head, of all queries, and of all keys; values have the same number as keys. */
export function columnsOf({ width, heads, kvHeads, headWidth }: LlamaConfig): { head: number; q: number; k: number } {
  const head = headWidth || width / heads;
  return { head, q: heads * head, k: kvHeads * head };
}

/** Window; undefined if it covers the context. */
export const windowOf = ({ window, context }: LlamaConfig): number | undefined =>
  window > 0 && window < context ? window : undefined;

/** Error for scaled rotary positions: their angles differ at every position, so no shorter context would help. */
export const ONLY_PLAIN = 'Llama 3, SmolLM2, Mistral and Qwen3 have unscaled ones';

/** Names of a layer's norms, of attention and of the feed-forward. */
export const branchNorms = ({ norm }: LlamaConfig): readonly [attention: string, feedForward: string] =>
  norm === 'after'
    ? ['post_attention_layernorm', 'post_feedforward_layernorm']
    : ['input_layernorm', 'post_attention_layernorm'];

/** Sizes of the QK-norm gains; undefined without QK-norm. */
export function qkGains(config: LlamaConfig): { q: number; k: number } | undefined {
  const { head, q, k } = columnsOf(config);
  switch (config.qkNorm) {
    case 'none':
      return undefined;
    case 'heads':
      return { q: head, k: head };
    case 'rows':
      return { q, k };
  }
}

/** Known model families, by the positions of their norms. */
export const KIN = {
  llama: { qkNorm: 'none', norm: 'before' },
  qwen3: { qkNorm: 'heads', norm: 'before' },
  olmo2: { qkNorm: 'rows', norm: 'after' },
} as const satisfies Record<string, Pick<LlamaConfig, 'qkNorm' | 'norm'>>;

/** Returns the family with the same norms; undefined if there is none. */
export const kinOf = ({ qkNorm, norm }: LlamaConfig): keyof typeof KIN | undefined =>
  (Object.keys(KIN) as (keyof typeof KIN)[]).find((kin) => KIN[kin].qkNorm === qkNorm && KIN[kin].norm === norm);

/** Error text if there is no such family. `nobody`: for example "transformers has no class". */
export const noKinWords = (nobody: string, { qkNorm, norm }: LlamaConfig): string =>
  `${nobody} with ${{ none: 'no QK-norm', heads: 'per-head QK-norm', rows: 'per-row QK-norm' }[qkNorm]} and ${norm === 'after' ? 'post-norm' : 'pre-norm'}: ` +
  'post-norm needs per-row QK-norm (OLMo 2), pre-norm needs per-head QK-norm (Qwen3) or none (Llama)';
