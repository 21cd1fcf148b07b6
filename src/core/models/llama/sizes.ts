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
  /** Normalizes queries and keys before rotation: each head by itself (Qwen3), or all heads of a row at once (OLMo 2). */
  qkNorm: 'none' | 'heads' | 'rows';
  /** Where each branch has its norm: before what it computes, or after it (OLMo 2). */
  norm: 'before' | 'after';
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
export const ONLY_PLAIN = 'Llama 3, SmolLM2, Mistral and Qwen3 have unscaled ones';

/** Of a layer, what the norm of attention is called, and that of the feed-forward. */
export const branchNorms = ({ norm }: LlamaConfig): readonly [attention: string, feedForward: string] =>
  norm === 'after'
    ? ['post_attention_layernorm', 'post_feedforward_layernorm']
    : ['input_layernorm', 'post_attention_layernorm'];

/** Gains of the norms of queries and of keys; undefined where there are none. */
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

/** Those that are known elsewhere, by where they have their norms. */
export const KIN = {
  llama: { qkNorm: 'none', norm: 'before' },
  qwen3: { qkNorm: 'heads', norm: 'before' },
  olmo2: { qkNorm: 'rows', norm: 'after' },
} as const satisfies Record<string, Pick<LlamaConfig, 'qkNorm' | 'norm'>>;

/** Which of them has its norms where this one has them; undefined where none has. */
export const kinOf = ({ qkNorm, norm }: LlamaConfig): keyof typeof KIN | undefined =>
  (Object.keys(KIN) as (keyof typeof KIN)[]).find((kin) => KIN[kin].qkNorm === qkNorm && KIN[kin].norm === norm);

/** What is said where there is none; `nobody`, such as "transformers has no class". */
export const noKinWords = (nobody: string, { qkNorm, norm }: LlamaConfig): string =>
  `${nobody} with ${{ none: 'no QK-norm', heads: 'per-head QK-norm', rows: 'per-row QK-norm' }[qkNorm]} and ${norm === 'after' ? 'post-norm' : 'pre-norm'}: ` +
  'post-norm needs per-row QK-norm (OLMo 2), pre-norm needs per-head QK-norm (Qwen3) or none (Llama)';
