import type { ModelId } from '../models';
import type { ModelChoice } from '../models/network';
import { f32, type GgufValue, u32 } from './ggufHeader';

/** How llama.cpp calls an architecture, its sizes and its tensors. */
export interface GgufArchitecture {
  /** `general.architecture`, and what the keys of its sizes begin with. */
  name: string;
  sizes(model: ModelChoice): Readonly<Record<string, GgufValue>>;
  tensor(ours: string): GgufTensor;
}
export interface GgufTensor {
  name: string;
  /** A matrix is [in, out] here and [out, in] there. */
  transposed: boolean;
  /** It is never written with fewer bits. */
  full: boolean;
}

/** By our name. */
export const GGUF: Readonly<Partial<Record<ModelId, GgufArchitecture>>> = {
  gpt: {
    name: 'gpt2',
    sizes: ({ config: { layers, heads, width, context } }) => ({
      block_count: u32(layers),
      context_length: u32(context),
      embedding_length: u32(width),
      feed_forward_length: u32(4 * width),
      'attention.head_count': u32(heads),
      'attention.layer_norm_epsilon': f32(1e-5),
    }),
    tensor: (ours) => {
      const [, layer, part, kind] = /^(?:transformer\.)?(?:h\.(\d+)\.)?(.+)\.(weight|bias)$/.exec(ours)!;
      return {
        name: `${layer === undefined ? '' : `blk.${layer}.`}${GPT2_NAMES[part!]!}.${kind!}`,
        transposed: kind === 'weight' && part!.includes('.c_'),
        full: kind === 'bias' || part!.startsWith('ln_') || part === 'wpe',
      };
    },
  },
};

/** conversion/gpt2.py and gguf-py/gguf/tensor_mapping.py of llama.cpp. */
const GPT2_NAMES: Readonly<Record<string, string>> = {
  wte: 'token_embd',
  wpe: 'position_embd',
  ln_1: 'attn_norm',
  'attn.c_attn': 'attn_qkv',
  'attn.c_proj': 'attn_output',
  ln_2: 'ffn_norm',
  'mlp.c_fc': 'ffn_up',
  'mlp.c_proj': 'ffn_down',
  ln_f: 'output_norm',
  lm_head: 'output',
};
