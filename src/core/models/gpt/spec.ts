import { fieldProblem, whole } from '../../base/field';
import { LOGIT_BYTES } from '../../ops/logitBytes';
import {
  type BaseConfig,
  countParams,
  defineModel,
  type ModelSpec,
  type Parameter,
  type ParamTable,
  type SizeName,
} from '../spec';

import { gguf } from './gguf';
import { huggingFace } from './huggingFace';

export type GptConfig = BaseConfig;

/** GPT-2. Names, shapes and layouts are those of Hugging Face's GPT2LMHeadModel, whose weights are [in, out]. */
export const gpt: ModelSpec = defineModel<GptConfig>({
  label: 'GPT',
  kind: 'decoder',
  source: 'Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"; initialisation as in its code',
  fields: {
    layers: whole({ label: 'Layers', min: 1, max: 48, initial: 4 }),
    heads: whole({
      label: 'Heads',
      hint: 'Divides the width',
      help: 'Heads, divides the width',
      min: 1,
      max: 32,
      initial: 4,
    }),
    width: whole({
      label: 'Width',
      hint: 'A multiple of the heads',
      help: 'Width, a multiple of the heads',
      min: 8,
      max: 2048,
      initial: 128,
    }),
    context: whole({ label: 'Context', unit: 'tokens', min: 4, max: 2048, initial: 64 }),
  },
  presets: [
    { name: 'Tiny', config: { layers: 2, heads: 2, width: 64, context: 64 } },
    { name: 'Small', config: { layers: 4, heads: 4, width: 128, context: 64 } },
    { name: 'Medium', config: { layers: 6, heads: 6, width: 384, context: 256 } },
    { name: 'Large', config: { layers: 12, heads: 12, width: 768, context: 1024 } },
  ],
  sized,
  problems({ layers, heads, width, context }) {
    const found: { field: SizeName; message: string }[] = [];
    const values = { layers, heads, width, context };
    for (const field of Object.keys(values) as SizeName[]) {
      const message = fieldProblem(gpt.fields[field], values[field]);
      if (message !== null) found.push({ field, message });
    }
    if (found.length === 0 && width % heads !== 0) {
      found.push({ field: 'heads', message: `The width of ${width} cannot be divided among ${heads} heads.` });
    }
    return found;
  },
  params({ layers, width: C, context, untied }, vocabulary) {
    const weight = (shape: number[], group: string, std = 0.02): Parameter => ({
      shape,
      init: { std },
      group,
      decay: true,
    });
    const matrix = (...given: Parameters<typeof weight>): Parameter => ({ ...weight(...given), linear: true });
    const vector = (size: number, group: string, init: 'ones' | 'zeros' = 'zeros'): Parameter => ({
      shape: [size],
      init,
      group,
      decay: false,
    });
    // Two additions a layer go into the residual stream: with this its variance stays flat in depth.
    const residual = 0.02 / Math.sqrt(2 * layers);
    const table: Record<string, Parameter> = {
      'transformer.wte.weight': { ...weight([vocabulary, C], 'Token embedding'), perToken: true },
      'transformer.wpe.weight': { ...weight([context, C], 'Position embedding'), decay: false },
    };
    for (let i = 0; i < layers; i++) {
      const h = `transformer.h.${i}`;
      Object.assign(table, {
        [`${h}.ln_1.weight`]: vector(C, 'Norms', 'ones'),
        [`${h}.ln_1.bias`]: vector(C, 'Norms'),
        [`${h}.attn.c_attn.weight`]: matrix([C, 3 * C], 'Attention'),
        [`${h}.attn.c_attn.bias`]: vector(3 * C, 'Attention'),
        [`${h}.attn.c_proj.weight`]: matrix([C, C], 'Attention', residual),
        [`${h}.attn.c_proj.bias`]: vector(C, 'Attention'),
        [`${h}.ln_2.weight`]: vector(C, 'Norms', 'ones'),
        [`${h}.ln_2.bias`]: vector(C, 'Norms'),
        [`${h}.mlp.c_fc.weight`]: matrix([C, 4 * C], 'Feed-forward'),
        [`${h}.mlp.c_fc.bias`]: vector(4 * C, 'Feed-forward'),
        [`${h}.mlp.c_proj.weight`]: matrix([4 * C, C], 'Feed-forward', residual),
        [`${h}.mlp.c_proj.bias`]: vector(C, 'Feed-forward'),
      } satisfies ParamTable);
    }
    table['transformer.ln_f.weight'] = vector(C, 'Norms', 'ones');
    table['transformer.ln_f.bias'] = vector(C, 'Norms');
    if (untied) table['lm_head.weight'] = { ...weight([vocabulary, C], 'Classifier'), perToken: true };
    return table;
  },
  classifier: ({ untied }) => (untied ? 'lm_head.weight' : 'transformer.wte.weight'),
  cacheColumns: ({ width }) => 2 * width,
  /** 2 N + 4 L C T, a third of what nanoGPT counts for a step (model.py: estimate_mfu). */
  flops(config, vocabulary) {
    const { layers, width, context } = config;
    return 2 * countParams(gpt.params(config, vocabulary)) + 4 * layers * width * context;
  },
  /**
   * f32: 18 C per token and layer (norms, qkv, attention, feed-forward), the stream, and one block of logits. Where layers are
   * computed again: their inputs, and one of them.
   */
  activationBytes({ layers, width: C, context }, vocabulary, { batch, recompute }) {
    const tokens = batch * context;
    const kept = recompute ? C * layers + 18 * C : 18 * C * layers;
    return 4 * tokens * (kept + 4 * C) + Math.min(4 * tokens * vocabulary, LOGIT_BYTES);
  },
  /** Inside the feed-forward; logits come in blocks. */
  largestActivationBytes: ({ width, context }, { batch }) => 4 * batch * context * 4 * width,
  huggingFace,
  gguf,
  onnx: () => import('./onnx'),
  page: () => import('./page'),
  pytorch: { file: 'pytorch/model.py', class: 'GPT2', blocks: 'transformer.h' },
  load: () => import('./forward'),
});

/**
 * Depth and width grow together, as they do from GPT-2 small to XL: the shape whose size is nearest, by ratio.
 */
function sized(parameters: number, vocabulary: number): GptConfig {
  const count = ({ layers, width, context }: GptConfig): number =>
    12 * layers * width ** 2 + 13 * layers * width + (vocabulary + context + 2) * width;
  const distance = (config: GptConfig): number => Math.abs(Math.log(count(config) / parameters));
  return SHAPES.reduce((best, shape) => (distance(shape) < distance(best) ? shape : best));
}

/** Heads of 16 to 64 wide. */
const SHAPES: readonly GptConfig[] = [
  { layers: 2, heads: 2, width: 32, context: 64 },
  { layers: 2, heads: 2, width: 48, context: 64 },
  { layers: 2, heads: 2, width: 64, context: 64 },
  { layers: 3, heads: 3, width: 96, context: 64 },
  { layers: 4, heads: 4, width: 128, context: 64 },
  { layers: 5, heads: 5, width: 160, context: 128 },
  { layers: 6, heads: 6, width: 192, context: 128 },
  { layers: 6, heads: 4, width: 256, context: 128 },
  { layers: 6, heads: 5, width: 320, context: 256 },
  { layers: 6, heads: 6, width: 384, context: 256 },
  { layers: 8, heads: 8, width: 512, context: 256 },
  { layers: 10, heads: 10, width: 640, context: 512 },
  { layers: 12, heads: 12, width: 768, context: 1024 },
  { layers: 24, heads: 16, width: 1024, context: 1024 },
];
