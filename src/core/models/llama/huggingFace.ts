import type { Json } from '../../base/blobStore';
import { z } from '../../base/zod';
import { hubClassesOf } from '../hubClasses';
import type { HuggingFace, Sized } from '../interop';
import type { Layout } from '../layout';
import { branchNorms, columnsOf, KIN, kinOf, type LlamaConfig, noKinWords, ONLY_PLAIN, windowOf } from './sizes';

const size = z.int().positive();

/** transformers 5 stores rotary positions in `rope_parameters`, older versions in `rope_theta` and `rope_scaling`. */
const rotary = z
  .looseObject({
    rope_type: z.string().optional(),
    type: z.string().optional(),
    rope_theta: z.number().optional(),
    partial_rotary_factor: z.literal(1).optional(),
  })
  .transform((stated, context) => {
    const kind = stated.rope_type ?? stated.type ?? 'default';
    if (kind !== 'default')
      context.addIssue(`rotary embeddings of the type ${JSON.stringify(kind)} are not supported; ${ONLY_PLAIN}`);
    return stated.rope_theta;
  });

/** Each class's defaults for fields missing in config.json. */
const DEFAULTS = {
  llama: { vocab_size: 32_000, intermediate_size: 11_008, num_key_value_heads: null, head_dim: null, context: 2048 },
  mistral: { vocab_size: 32_000, intermediate_size: 14_336, num_key_value_heads: 8, head_dim: null, context: 131_072 },
  qwen3: { vocab_size: 151_936, intermediate_size: 22_016, num_key_value_heads: 32, head_dim: 128, context: 32_768 },
  olmo2: { vocab_size: 50_304, intermediate_size: 11_008, num_key_value_heads: null, head_dim: null, context: 2048 },
} as const;
type Type = keyof typeof DEFAULTS;

/** Schema of the common fields. A null size is derived from the others. */
function described<T extends Type>(type: T) {
  const { context, ...defaults } = DEFAULTS[type];
  return z.object({
    model_type: z.literal(type),
    vocab_size: size.default(defaults.vocab_size),
    hidden_size: size.default(4096),
    intermediate_size: size.default(defaults.intermediate_size),
    num_hidden_layers: size.default(32),
    num_attention_heads: size.default(32),
    num_key_value_heads: size.nullable().default(defaults.num_key_value_heads),
    head_dim: size.nullable().default(defaults.head_dim),
    max_position_embeddings: size.default(context),
    rms_norm_eps: z.number().default(1e-6),
    rope_theta: z.number().nullish(),
    rope_parameters: rotary.nullish(),
    rope_scaling: rotary.nullish(),
    hidden_act: z.literal('silu').default('silu'),
    attention_bias: z.literal(false).default(false),
    mlp_bias: z.literal(false).default(false),
    tie_word_embeddings: z.boolean().default(false),
  });
}

const llama = described('llama').transform((given) => sized(given, { ...KIN.llama, window: 0 }));
/** Reads `head_dim` if it is stated, as the Olmo2 class does. */
const olmo2 = described('olmo2')
  .extend({ rms_norm_eps: z.number().default(1e-5) })
  .transform((given) => sized(given, { ...KIN.olmo2, window: 0 }));
const mistral = described('mistral')
  .extend({ sliding_window: size.nullable().default(4096) })
  .transform(({ sliding_window: window, ...given }) => sized(given, { ...KIN.llama, window: window ?? 0 }));
/** The class's layers have a window from `max_window_layers` on, or by a list; ours all have one, or none. */
const qwen3 = described('qwen3')
  .extend({
    use_sliding_window: z.boolean().default(false),
    sliding_window: size.nullable().default(4096),
    max_window_layers: z.int().default(28),
    layer_types: z.array(z.string().max(100)).nullish(),
  })
  .transform(
    ({ use_sliding_window: isUsed, sliding_window: window, max_window_layers, layer_types, ...given }, context) => {
      const layers = given.num_hidden_layers;
      const hasWindow = isUsed && window !== null;
      const kinds = new Set<string>(layer_types ?? []);
      if (!layer_types && (!hasWindow || max_window_layers > 0)) kinds.add(FULL);
      if (!layer_types && hasWindow && max_window_layers < layers) kinds.add(SLIDING);
      if (kinds.size !== 1 || !(kinds.has(SLIDING) || kinds.has(FULL)))
        context.addIssue(`mixed layer types (${[...kinds].sort().join(', ')}) are not supported`);
      return sized(given, { ...KIN.qwen3, window: hasWindow && kinds.has(SLIDING) ? window : 0 });
    },
  );
const [SLIDING, FULL] = ['sliding_attention', 'full_attention'] as const;

function sized(
  given: z.output<ReturnType<typeof described>>,
  switches: Pick<LlamaConfig, 'qkNorm' | 'norm' | 'window'>,
): Sized<LlamaConfig> {
  const [width, heads] = [given.hidden_size, given.num_attention_heads];
  const head = given.head_dim ?? width / heads;
  return {
    config: {
      layers: given.num_hidden_layers,
      heads,
      kvHeads: given.num_key_value_heads ?? heads,
      width,
      hidden: given.intermediate_size,
      context: given.max_position_embeddings,
      theta: given.rope_parameters ?? given.rope_scaling ?? given.rope_theta ?? 10_000,
      headWidth: head * heads === width ? 0 : head,
      ...switches,
      normEpsilon: given.rms_norm_eps,
      ...(!given.tie_word_embeddings && { untied: true as const }),
    },
    vocabulary: given.vocab_size,
  };
}

/** Returns the transformers class that supports the model; undefined if there is none. */
function typeOf(config: LlamaConfig): Type | undefined {
  const kin = kinOf(config);
  if (kin === 'llama' && config.window > 0) return 'mistral';
  return kin === 'olmo2' && windowOf(config) !== undefined ? undefined : kin;
}

/** Prefixes of the class names. */
const CALLED: Readonly<Record<Type, string>> = { llama: 'Llama', mistral: 'Mistral', qwen3: 'Qwen3', olmo2: 'Olmo2' };

/** Fields of one class's config.json that the others lack. */
const OWN: Readonly<Record<Type, (config: LlamaConfig) => Record<string, Json>>> = {
  llama: () => ({ attention_bias: false, mlp_bias: false }),
  mistral: ({ window }) => ({ sliding_window: window }),
  qwen3: ({ window, layers }) => ({
    attention_bias: false,
    use_sliding_window: window > 0,
    sliding_window: window || null,
    max_window_layers: window > 0 ? 0 : layers,
    layer_types: Array.from({ length: layers }, () => (window > 0 ? SLIDING : FULL)),
  }),
  // By default, its class would use token 1 as padding and give it no gradient.
  olmo2: () => ({ attention_bias: false, pad_token_id: null }),
};

/** The ForCausalLM and ForSequenceClassification classes of Llama, Mistral, Qwen3 and Olmo2. */
export const huggingFace: HuggingFace<LlamaConfig> = {
  types: ['llama', 'mistral', 'qwen3', 'olmo2'],
  problem(config) {
    if (typeOf(config)) return null;
    const window = windowOf(config);
    if (kinOf(config) === undefined || window === undefined) return noKinWords('transformers has no class', config);
    return `OLMo 2 has no sliding-window attention in transformers: it would see ${config.context} tokens instead of ${window}`;
  },
  config({ config, vocabulary }, ids, dropped) {
    const { layers, heads, kvHeads, width, hidden, context, theta, normEpsilon, untied } = config;
    const type = typeOf(config);
    return {
      model_type: type ?? null,
      ...(type && { architectures: [`${CALLED[type]}ForCausalLM`], ...OWN[type](config) }),
      vocab_size: vocabulary,
      hidden_size: width,
      intermediate_size: hidden,
      num_hidden_layers: layers,
      num_attention_heads: heads,
      num_key_value_heads: kvHeads,
      head_dim: columnsOf(config).head,
      hidden_act: 'silu',
      max_position_embeddings: context,
      initializer_range: 0.02,
      rms_norm_eps: normEpsilon,
      rope_theta: theta,
      rope_parameters: { rope_type: 'default', rope_theta: theta },
      attention_dropout: dropped?.attentionDropout ?? 0,
      // These classes have no residual dropout; the export's model.py reads it.
      resid_pdrop: dropped?.dropout ?? 0,
      embd_pdrop: dropped?.dropout ?? 0,
      bos_token_id: ids.begin,
      eos_token_id: ids.end,
      tie_word_embeddings: !untied,
      torch_dtype: 'float32',
      ...(type && hubClassesOf(CALLED[type], config, ids)),
    };
  },
  schema: z.discriminatedUnion('model_type', [llama, mistral, qwen3, olmo2]),
  copies: ({ untied, classes }) =>
    untied || classes ? [] : [{ name: 'lm_head.weight', of: 'model.embed_tokens.weight' }],
  rename(name) {
    if (name.endsWith('.rotary_emb.inv_freq')) return null; // in older files; derived from theta
    return /^(model|lm_head|score)\./.test(name) ? name : `model.${name}`;
  },
  layout(config) {
    const { layers, hidden, untied, qkNorm, classes } = config;
    const { q, k } = columnsOf(config);
    const [ofAttention, ofFeedForward] = branchNorms(config);
    const same = (name: string) => ({ name, of: name });
    const blocks = Array.from({ length: layers }, (_, i): Layout => {
      const [a, m] = [`model.layers.${i}.self_attn`, `model.layers.${i}.mlp`];
      const qkv = { of: `${a}.qkv_proj.weight`, transposed: true };
      const gateUp = { of: `${m}.gate_up_proj.weight`, transposed: true };
      return [
        same(`model.layers.${i}.${ofAttention}.weight`),
        { name: `${a}.q_proj.weight`, ...qkv, columns: [0, q] },
        { name: `${a}.k_proj.weight`, ...qkv, columns: [q, q + k] },
        { name: `${a}.v_proj.weight`, ...qkv, columns: [q + k, q + 2 * k] },
        ...(qkNorm === 'none' ? [] : [same(`${a}.q_norm.weight`), same(`${a}.k_norm.weight`)]),
        { ...same(`${a}.o_proj.weight`), transposed: true },
        same(`model.layers.${i}.${ofFeedForward}.weight`),
        { name: `${m}.gate_proj.weight`, ...gateUp, columns: [0, hidden] },
        { name: `${m}.up_proj.weight`, ...gateUp, columns: [hidden, 2 * hidden] },
        { ...same(`${m}.down_proj.weight`), transposed: true },
      ];
    });
    return [
      same('model.embed_tokens.weight'),
      ...blocks.flat(),
      same('model.norm.weight'),
      ...(classes ? [same('score.weight')] : untied ? [same('lm_head.weight')] : []),
    ];
  },
};
