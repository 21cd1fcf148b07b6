import { z } from '../../base/zod';
import type { Gguf, GgufPiece } from '../interop';
import { type GptConfig, hiddenOf, innerOf } from './sizes';

const size = z.int().positive();
const keys = z.object({
  block_count: size,
  context_length: size,
  embedding_length: size,
  feed_forward_length: size,
  'attention.head_count': size,
  'attention.layer_norm_epsilon': z.number().refine((epsilon) => Math.fround(epsilon) === Math.fround(1e-5), {
    message: 'only 1e-5 is supported',
  }),
  vocabulary: size,
  tensors: z.array(z.string()),
});

/** conversion/gpt2.py and gguf-py/gguf/tensor_mapping.py of llama.cpp, which only supports GPT-2 with biases. */
export const gguf: Gguf<GptConfig> = {
  name: () => 'gpt2',
  sizes: ({ config }) => ({
    block_count: { u32: config.layers },
    context_length: { u32: config.context },
    embedding_length: { u32: config.width },
    feed_forward_length: { u32: innerOf(config) },
    'attention.head_count': { u32: config.heads },
    'attention.layer_norm_epsilon': { f32: 1e-5 },
  }),
  reads: {
    names: ['gpt2'],
    schema: keys.transform(({ tensors, vocabulary, ...given }) => ({
      config: {
        layers: given.block_count,
        heads: given['attention.head_count'],
        width: given.embedding_length,
        context: given.context_length,
        hidden: hiddenOf(given.feed_forward_length, given.embedding_length),
        ...(tensors.includes('output.weight') && { untied: true as const }),
      },
      vocabulary,
    })),
  },
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
