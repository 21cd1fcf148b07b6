import { z } from '../../base/zod';
import { hubClassesOf } from '../hubClasses';
import type { HuggingFace } from '../interop';
import { type GptConfig, hiddenOf, innerOf } from './sizes';

const size = z.int().positive();
/** Absent fields have GPT2Config's defaults. */
const gpt2 = z.object({
  vocab_size: size.default(50_257),
  n_positions: size.default(1024),
  n_embd: size.default(768),
  n_layer: size.default(12),
  n_head: size.default(12),
  n_inner: size.nullable().default(null),
  activation_function: z.enum(['gelu_new', 'gelu_pytorch_tanh']).default('gelu_new'),
  layer_norm_epsilon: z.literal(1e-5).default(1e-5),
  tie_word_embeddings: z.boolean().default(true),
  scale_attn_weights: z.literal(true).default(true),
  scale_attn_by_inverse_layer_idx: z.literal(false).default(false),
  add_cross_attention: z.literal(false).default(false),
});

/** GPT2LMHeadModel and GPT2ForSequenceClassification: names, shapes and order as ours, always with biases. */
export const huggingFace: HuggingFace<GptConfig> = {
  types: ['gpt2'],
  config: ({ config, vocabulary }, ids, dropped) => ({
    architectures: ['GPT2LMHeadModel'],
    model_type: 'gpt2',
    vocab_size: vocabulary,
    n_positions: config.context,
    // GPT2Config no longer has it, but llama.cpp's converter reads it.
    n_ctx: config.context,
    n_embd: config.width,
    n_layer: config.layers,
    n_head: config.heads,
    n_inner: hiddenOf(innerOf(config), config.width) || null,
    activation_function: 'gelu_new',
    layer_norm_epsilon: 1e-5,
    initializer_range: 0.02,
    resid_pdrop: dropped?.dropout ?? 0,
    embd_pdrop: dropped?.dropout ?? 0,
    attn_pdrop: dropped?.attentionDropout ?? 0,
    bos_token_id: ids.begin,
    eos_token_id: ids.end,
    tie_word_embeddings: !config.untied,
    torch_dtype: 'float32',
    ...hubClassesOf('GPT2', config, ids),
  }),
  schema: gpt2.transform(({ n_embd, n_inner, tie_word_embeddings: isTied, ...given }) => ({
    config: {
      layers: given.n_layer,
      heads: given.n_head,
      width: n_embd,
      context: given.n_positions,
      hidden: hiddenOf(n_inner ?? 4 * n_embd, n_embd),
      ...(!isTied && { untied: true as const }),
    },
    vocabulary: given.vocab_size,
  })),
  copies: ({ untied, classes }) =>
    untied || classes ? [] : [{ name: 'lm_head.weight', of: 'transformer.wte.weight' }],
  rename: (name) => {
    if (/\.attn\.(masked_)?bias$/.test(name)) return null; // causal masks in older files
    return /^(transformer|lm_head|score)\./.test(name) ? name : `transformer.${name}`;
  },
};
