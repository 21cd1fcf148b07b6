import { z } from '../../base/zod';
import type { Gguf, GgufPiece, Sized } from '../interop';
import { branchNorms, columnsOf, KIN, kinOf, type LlamaConfig, noKinWords, ONLY_PLAIN, windowOf } from './sizes';

const size = z.int().positive();
const none = (message: string) => z.union([z.literal(0), z.literal('none')], message).optional();
/** Keys that llama.cpp requires, and keys that would change the model. */
const keys = z.object({
  architecture: z.enum(['llama', 'qwen3', 'olmo2']),
  block_count: size,
  context_length: size,
  embedding_length: size,
  feed_forward_length: size,
  'attention.head_count': size,
  'attention.head_count_kv': size.optional(),
  'attention.key_length': size.optional(),
  'attention.value_length': size.optional(),
  'attention.layer_norm_rms_epsilon': z.number(),
  'attention.sliding_window': none('sliding-window attention is not supported in GGUF files'),
  'rope.dimension_count': size.optional(),
  'rope.freq_base': z.number().default(10_000),
  'rope.scaling.type': none(`scaled rotary embeddings (RoPE) are not supported; ${ONLY_PLAIN}`),
  expert_count: none('mixture of experts is not supported'),
  vocabulary: size,
  tensors: z.array(z.string()),
});

/** Rounds a 32-bit float to its decimal value: 1e-5 reads as 0.0000099999997. */
const meant = (float: number): number => Number(float.toPrecision(7));

/** conversion/llama.py, conversion/qwen.py, conversion/olmo.py and gguf-py/gguf/tensor_mapping.py of llama.cpp. */
export const gguf: Gguf<LlamaConfig> = {
  name: (config) => kinOf(config) ?? 'llama',
  /**
   * src/models/llama.cpp and qwen3.cpp there have no sliding-window mask and read no key for it. olmo2.cpp has OLMo 3's
   * window, in three layers of four, and requires heads whose total width is the model's.
   */
  problem(config) {
    const kin = kinOf(config);
    if (!kin) return noKinWords('llama.cpp has no architecture', config);
    const { q } = columnsOf(config);
    if (kin === 'olmo2' && q !== config.width)
      return `llama.cpp needs the OLMo 2 heads to be as wide together as the model: ${config.width} columns, not ${q}`;
    const window = windowOf(config);
    if (window === undefined) return null;
    return `llama.cpp has no sliding-window attention for this model: it would see ${config.context} tokens instead of ${window}`;
  },
  sizes({ config, vocabulary }) {
    const { layers, heads, kvHeads, width, hidden, context, theta, normEpsilon } = config;
    const { head } = columnsOf(config);
    return {
      vocab_size: { u32: vocabulary },
      block_count: { u32: layers },
      context_length: { u32: context },
      embedding_length: { u32: width },
      feed_forward_length: { u32: hidden },
      'attention.head_count': { u32: heads },
      'attention.head_count_kv': { u32: kvHeads },
      'attention.key_length': { u32: head },
      'attention.value_length': { u32: head },
      'attention.layer_norm_rms_epsilon': { f32: normEpsilon },
      'rope.dimension_count': { u32: head },
      'rope.freq_base': { f32: theta },
    };
  },
  reads: {
    names: ['llama', 'qwen3', 'olmo2'],
    schema: keys.transform(({ architecture, vocabulary, tensors, ...given }, context): Sized<LlamaConfig> => {
      const [width, heads] = [given.embedding_length, given['attention.head_count']];
      const head = given['attention.key_length'] ?? width / heads;
      for (const key of ['attention.value_length', 'rope.dimension_count'] as const)
        if ((given[key] ?? head) !== head)
          context.addIssue({ code: 'custom', path: [key], message: `only ${head} is supported` });
      return {
        config: {
          layers: given.block_count,
          heads,
          kvHeads: given['attention.head_count_kv'] ?? heads,
          width,
          hidden: given.feed_forward_length,
          context: given.context_length,
          theta: meant(given['rope.freq_base']),
          headWidth: head * heads === width ? 0 : head,
          ...KIN[architecture],
          window: 0,
          normEpsilon: meant(given['attention.layer_norm_rms_epsilon']),
          ...(tensors.includes('output.weight') && { untied: true as const }),
        },
        vocabulary,
      };
    }),
  },
  layout(config) {
    const { layers, heads, kvHeads, hidden, untied, qkNorm } = config;
    const kin = kinOf(config);
    const pairs = (count: number) => (kin === 'llama' ? { pairedHeads: count } : {}); // the others use halves, as here
    const { q, k } = columnsOf(config);
    const [ofAttention, ofFeedForward] = branchNorms(config);
    const [theirAttention, theirFeedForward] =
      config.norm === 'after' ? ['post_attention_norm', 'post_ffw_norm'] : ['attn_norm', 'ffn_norm'];
    const layout: GgufPiece[] = [{ name: 'token_embd.weight', of: 'model.embed_tokens.weight' }];
    for (let i = 0; i < layers; i++) {
      const [b, h] = [`blk.${i}`, `model.layers.${i}`];
      const qkv = { of: `${h}.self_attn.qkv_proj.weight`, transposed: true };
      const gateUp = { of: `${h}.mlp.gate_up_proj.weight`, transposed: true };
      layout.push(
        { name: `${b}.${theirAttention}.weight`, of: `${h}.${ofAttention}.weight`, full: true },
        { name: `${b}.attn_q.weight`, ...qkv, columns: [0, q], ...pairs(heads) },
        { name: `${b}.attn_k.weight`, ...qkv, columns: [q, q + k], ...pairs(kvHeads) },
        { name: `${b}.attn_v.weight`, ...qkv, columns: [q + k, q + 2 * k] },
        ...(qkNorm === 'none'
          ? []
          : [
              { name: `${b}.attn_q_norm.weight`, of: `${h}.self_attn.q_norm.weight`, full: true },
              { name: `${b}.attn_k_norm.weight`, of: `${h}.self_attn.k_norm.weight`, full: true },
            ]),
        { name: `${b}.attn_output.weight`, of: `${h}.self_attn.o_proj.weight`, transposed: true },
        { name: `${b}.${theirFeedForward}.weight`, of: `${h}.${ofFeedForward}.weight`, full: true },
        { name: `${b}.ffn_gate.weight`, ...gateUp, columns: [0, hidden] },
        { name: `${b}.ffn_up.weight`, ...gateUp, columns: [hidden, 2 * hidden] },
        { name: `${b}.ffn_down.weight`, of: `${h}.mlp.down_proj.weight`, transposed: true },
      );
    }
    layout.push({ name: 'output_norm.weight', of: 'model.norm.weight', full: true });
    if (untied) layout.push({ name: 'output.weight', of: 'lm_head.weight' });
    // olmo2.cpp doesn't support tied embeddings: the file stores the matrix twice.
    else if (kin === 'olmo2') layout.push({ name: 'output.weight', of: 'model.embed_tokens.weight' });
    return layout;
  },
};
