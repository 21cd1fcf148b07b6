import { z } from '../../base/zod';
import type { HuggingFace } from '../interop';
import type { Layout } from '../layout';
import { blockOf, columnsOf, CROSS, distancesOf, feedForwardLayer, SELF, type Side, type T5Config } from './sizes';

const size = z.int().positive();
const HEAD = 'lm_head.weight';
const SHARED = 'shared.weight';

/** Absent fields have T5Config's defaults. */
const t5 = z
  .object({
    model_type: z.literal('t5'),
    vocab_size: size.default(32_128),
    d_model: size.default(512),
    d_kv: size.default(64),
    d_ff: size.default(2048),
    num_layers: size.default(6),
    num_decoder_layers: size.nullish(),
    num_heads: size.default(8),
    n_positions: size.default(512),
    relative_attention_num_buckets: size.default(32),
    relative_attention_max_distance: size.default(128),
    layer_norm_epsilon: z.number().default(1e-6),
    feed_forward_proj: z.enum(['relu', 'gated-gelu']).default('relu'),
    dense_act_fn: z.string().max(100).optional(),
    is_encoder_decoder: z.literal(true).default(true),
    pad_token_id: z.int().nullish(),
    decoder_start_token_id: z.int().nullish(),
    tie_word_embeddings: z.boolean().default(true),
    scale_decoder_outputs: z.boolean().optional(),
  })
  .transform((given, context) => {
    const [layers, width, heads] = [given.num_layers, given.d_model, given.num_heads];
    const issue = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    const decoders = given.num_decoder_layers ?? layers;
    if (decoders !== layers) issue('num_decoder_layers', `must be ${layers}, as in the encoder, not ${decoders}`);
    const gated = given.feed_forward_proj === 'gated-gelu';
    const activation = gated ? 'gelu_new' : 'relu';
    if ((given.dense_act_fn ?? activation) !== activation) issue('dense_act_fn', `only ${activation} is supported`);
    const { pad_token_id: padding = 0, decoder_start_token_id: start } = given;
    if ((start ?? padding) !== padding)
      issue('decoder_start_token_id', `must be the padding token, ${padding}, not ${start}`);
    return {
      config: {
        layers,
        heads,
        width,
        hidden: given.d_ff,
        context: given.n_positions,
        headWidth: given.d_kv * heads === width ? 0 : given.d_kv,
        gated,
        buckets: given.relative_attention_num_buckets,
        maxDistance: given.relative_attention_max_distance,
        scaled: given.scale_decoder_outputs ?? given.tie_word_embeddings,
        normEpsilon: given.layer_norm_epsilon,
      },
      vocabulary: given.vocab_size,
    };
  });

/** T5ForConditionalGeneration. */
export const huggingFace: HuggingFace<T5Config> = {
  types: ['t5'],
  config({ config, vocabulary }, { end, padding = end }, dropped) {
    const { gated, scaled, untied } = config;
    return {
      architectures: ['T5ForConditionalGeneration'],
      model_type: 't5',
      vocab_size: vocabulary,
      d_model: config.width,
      d_kv: columnsOf(config).head,
      d_ff: config.hidden,
      num_layers: config.layers,
      num_decoder_layers: config.layers,
      num_heads: config.heads,
      n_positions: config.context, // transformers ignores it
      relative_attention_num_buckets: config.buckets,
      relative_attention_max_distance: config.maxDistance,
      feed_forward_proj: gated ? 'gated-gelu' : 'relu',
      dense_act_fn: gated ? 'gelu_new' : 'relu',
      is_gated_act: gated,
      layer_norm_epsilon: config.normEpsilon,
      dropout_rate: dropped?.dropout ?? 0,
      is_encoder_decoder: true,
      use_cache: true,
      pad_token_id: padding,
      eos_token_id: end,
      decoder_start_token_id: padding,
      tie_word_embeddings: !untied,
      scale_decoder_outputs: scaled,
      torch_dtype: 'float32',
    };
  },
  schema: t5,
  /**
   * transformers 5 writes `tie_word_embeddings: true` for every model. Version 4 scales decoder outputs only if tied. So
   * an `lm_head` in the file of an unscaled model has its own weights.
   */
  seen: (config, names) => (!config.scaled && names.has(HEAD) ? { ...config, untied: true } : config),
  rename: (name) => (name === `${blockOf('decoder', 0)}.${CROSS}.relative_attention_bias.weight` ? null : name),
  copies: ({ untied }) =>
    ['encoder.embed_tokens.weight', 'decoder.embed_tokens.weight', ...(untied ? [] : [HEAD])].map((name) => ({
      name,
      of: SHARED,
    })),
  layout(config) {
    const { layers, hidden, gated, untied } = config;
    const { all: K } = columnsOf(config);
    const same = (name: string) => ({ name, of: name });
    const matrix = (name: string) => ({ ...same(`${name}.weight`), transposed: true });
    /** Splits a tensor of ours into joined matrices of this number of columns. */
    const split = (layer: string, of: string, names: readonly string[], columns: number): Layout =>
      names.map((name, at) => ({
        name: `${layer}.${name}.weight`,
        of: `${layer}.${of}.weight`,
        transposed: true,
        columns: [at * columns, (at + 1) * columns],
      }));
    const blocks = (side: Side): Layout =>
      Array.from({ length: layers }, (_, i): Layout => {
        const b = blockOf(side, i);
        const feedForward = `${b}.${feedForwardLayer(side)}`;
        const dense = `${feedForward}.DenseReluDense`;
        return [
          ...split(`${b}.${SELF}`, 'qkv', ['q', 'k', 'v'], K),
          matrix(`${b}.${SELF}.o`),
          ...(i === 0 ? [same(distancesOf(side))] : []),
          same(`${b}.layer.0.layer_norm.weight`),
          ...(side === 'decoder'
            ? [
                matrix(`${b}.${CROSS}.q`),
                ...split(`${b}.${CROSS}`, 'kv', ['k', 'v'], K),
                matrix(`${b}.${CROSS}.o`),
                same(`${b}.layer.1.layer_norm.weight`),
              ]
            : []),
          ...(gated ? split(dense, 'wi', ['wi_0', 'wi_1'], hidden) : [matrix(`${dense}.wi`)]),
          matrix(`${dense}.wo`),
          same(`${feedForward}.layer_norm.weight`),
        ];
      }).flat();
    const stack = (side: Side): Layout => [...blocks(side), same(`${side}.final_layer_norm.weight`)];
    return [same(SHARED), ...stack('encoder'), ...stack('decoder'), ...(untied ? [same(HEAD)] : [])];
  },
};
