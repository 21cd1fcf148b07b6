import type { Gguf, GgufPiece } from '../interop';

/** conversion/gpt2.py and gguf-py/gguf/tensor_mapping.py of llama.cpp. */
export const gguf: Gguf = {
  name: 'gpt2',
  sizes: ({ config: { layers, heads, width, context } }) => ({
    block_count: { u32: layers },
    context_length: { u32: context },
    embedding_length: { u32: width },
    feed_forward_length: { u32: 4 * width },
    'attention.head_count': { u32: heads },
    'attention.layer_norm_epsilon': { f32: 1e-5 },
  }),
  layout({ layers, untied }) {
    const layout: GgufPiece[] = [
      { name: 'token_embd.weight', of: 'transformer.wte.weight' },
      { name: 'position_embd.weight', of: 'transformer.wpe.weight', full: true },
    ];
    const both = (name: string, of: string, isMatrix: boolean): GgufPiece[] => [
      { name: `${name}.weight`, of: `${of}.weight`, ...(isMatrix ? { transposed: true } : { full: true }) },
      { name: `${name}.bias`, of: `${of}.bias`, full: true },
    ];
    for (let i = 0; i < layers; i++) {
      for (const [name, of, isMatrix] of BLOCK)
        layout.push(...both(`blk.${i}.${name}`, `transformer.h.${i}.${of}`, isMatrix));
    }
    layout.push(...both('output_norm', 'transformer.ln_f', false));
    if (untied) layout.push({ name: 'output.weight', of: 'lm_head.weight' });
    return layout;
  },
};
const BLOCK = [
  ['attn_norm', 'ln_1', false],
  ['attn_qkv', 'attn.c_attn', true],
  ['attn_output', 'attn.c_proj', true],
  ['ffn_norm', 'ln_2', false],
  ['ffn_up', 'mlp.c_fc', true],
  ['ffn_down', 'mlp.c_proj', true],
] as const;
