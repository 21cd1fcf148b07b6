/** An architecture for tests, as a folder: a small Llama with two sizes that a GPT lacks. Tests add it to the list. */
import { whole } from '../../core/base/field';
import { z } from '../../core/base/zod';
import type { ModelId } from '../../core/models';
import type { Gguf, HuggingFace } from '../../core/models/interop';
import type { Layout } from '../../core/models/layout';
import { headWords, logits, type Piece } from '../../core/models/picture';
import { nearestShape } from '../../core/models/parameters';
import { type BaseConfig, countParams, defineModel, type ParamTable, sizeProblems } from '../../core/models/spec';

export interface ToyConfig extends BaseConfig {
  /** Key-value heads, which query heads share. */
  kvHeads: number;
  /** Neurons of the feed-forward network. */
  hidden: number;
}

/** Id of the toy in the list. */
export const TOY_ID = 'toy' as ModelId;
/** Sizes of a toy model. */
export const TOY_CONFIG: ToyConfig = { layers: 2, heads: 4, kvHeads: 2, width: 16, hidden: 24, context: 12 };

const size = z.int().positive();
const huggingFace: HuggingFace<ToyConfig> = {
  types: ['toy'],
  config: ({ config: { layers, heads, kvHeads, width, hidden, context }, vocabulary }) => ({
    model_type: 'toy',
    vocab_size: vocabulary,
    layers,
    heads,
    kv_heads: kvHeads,
    width,
    hidden,
    context,
  }),
  schema: z
    .object({ vocab_size: size, layers: size, heads: size, kv_heads: size, width: size, hidden: size, context: size })
    .transform(({ vocab_size: vocabulary, kv_heads: kvHeads, layers, heads, width, hidden, context }) => ({
      config: { layers, heads, kvHeads, width, hidden, context },
      vocabulary,
    })),
  layout: (config) => layoutOf(config, 'model.layers.', 'self_attn.', false),
};
const gguf: Gguf<ToyConfig> = {
  name: () => 'toy',
  sizes: ({ config: { layers, kvHeads } }) => ({
    block_count: { u32: layers },
    'attention.head_count_kv': { u32: kvHeads },
    'attention.layer_norm_rms_epsilon': { f32: 1e-5 },
  }),
  layout: (config) => layoutOf(config, 'blk.', '', true),
};

/** Layout like Llama's: separate q, k and v, separate gate and up, [out, in]. */
export function layoutOf(config: ToyConfig, block: string, attention: string, inPairs: boolean): Layout {
  const { layers, heads, kvHeads, width: C, hidden } = config;
  const [K, pairs] = [(C / heads) * kvHeads, (n: number) => (inPairs ? { pairedHeads: n } : {})];
  const rows = Array.from({ length: layers }, (_, i): Layout => {
    const [h, l] = [`blocks.${i}`, `${block}${i}.`];
    const qkv = { of: `${h}.qkv.weight`, transposed: true };
    const gateUp = { of: `${h}.mlp.c_fc.weight`, transposed: true };
    return [
      { name: `${l}norm1.weight`, of: `${h}.norm_1.weight` },
      { name: `${l}${attention}q.weight`, ...qkv, ...pairs(heads), columns: [0, C] },
      { name: `${l}${attention}k.weight`, ...qkv, ...pairs(kvHeads), columns: [C, C + K] },
      { name: `${l}${attention}v.weight`, ...qkv, columns: [C + K, C + 2 * K] },
      { name: `${l}${attention}o.weight`, of: `${h}.out.weight`, transposed: true },
      { name: `${l}norm2.weight`, of: `${h}.norm_2.weight` },
      { name: `${l}gate.weight`, ...gateUp, columns: [0, hidden] },
      { name: `${l}up.weight`, ...gateUp, columns: [hidden, 2 * hidden] },
      { name: `${l}down.weight`, of: `${h}.mlp.c_proj.weight`, transposed: true },
    ];
  });
  return [{ name: 'tokens.weight', of: 'tokens.weight' }, ...rows.flat(), { name: 'norm.weight', of: 'norm.weight' }];
}

const fields = {
  layers: whole({ label: 'Layers', min: 1, max: 24, initial: 3 }),
  heads: whole({ label: 'Heads', hint: 'Divides the width', min: 1, max: 32, initial: 4 }),
  kvHeads: whole({ label: 'Heads of keys', hint: 'divides the heads', min: 1, max: 32, initial: 2 }),
  width: whole({ label: 'Width', hint: 'A multiple of the heads', min: 8, max: 1024, initial: 128 }),
  hidden: whole({ label: 'Inner width', hint: 'of the feed-forward', min: 8, max: 8192, initial: 344 }),
  context: whole({ label: 'Context', unit: 'tokens', min: 4, max: 4096, initial: 64 }),
};

/** Widest rows: fused gate and up, and q | k | v. */
const widest = ({ hidden }: ToyConfig): number => 2 * hidden;

function params({ layers, heads, kvHeads, width: C, hidden }: ToyConfig, vocabulary: number): ParamTable {
  const weight = (shape: number[], group: string) => ({ shape, init: { std: 0.02 }, group, decay: true });
  const linear = (shape: number[], group: string) => ({ ...weight(shape, group), linear: true }) as const;
  const gain = { shape: [C], init: 'ones', group: 'Norms', decay: false } as const;
  const K = (C / heads) * kvHeads;
  const blocks = Array.from({ length: layers }, (_, i): ParamTable => {
    const h = `blocks.${i}`;
    return {
      [`${h}.norm_1.weight`]: gain,
      [`${h}.qkv.weight`]: linear([C, C + 2 * K], 'Attention'),
      [`${h}.out.weight`]: linear([C, C], 'Attention'),
      [`${h}.norm_2.weight`]: gain,
      [`${h}.mlp.c_fc.weight`]: linear([C, 2 * hidden], 'Feed-forward'),
      [`${h}.mlp.c_proj.weight`]: linear([hidden, C], 'Feed-forward'),
    };
  });
  return {
    'tokens.weight': { ...weight([vocabulary, C], 'Token embedding'), perToken: true },
    ...(Object.assign({}, ...blocks) as ParamTable),
    'norm.weight': gain,
  };
}

const of = (layers: number, heads: number): ToyConfig => {
  const width = 32 * heads;
  return {
    layers,
    heads,
    kvHeads: heads % 2 === 0 ? heads / 2 : heads,
    width,
    hidden: 8 * Math.ceil(width / 3),
    context: 64,
  };
};

export const toy = defineModel<ToyConfig>({
  label: 'Toy',
  kind: 'decoder',
  source: 'Touvron et al. 2023, arXiv:2302.13971',
  fields,
  presets: [
    { name: 'Tiny', config: of(2, 2) },
    { name: 'Small', config: of(4, 4) },
  ],
  sized(parameters, vocabulary) {
    const all = Array.from({ length: 12 }, (_, i) => of(i + 1, i + 1));
    return nearestShape(all, parameters, (config) => countParams(params(config, vocabulary)));
  },
  problems(config) {
    const found = sizeProblems<ToyConfig>(fields, config);
    const { heads, kvHeads, width } = config;
    if (found.length > 0) return found;
    if (width % (2 * heads) !== 0)
      return [{ field: 'heads', message: `A width of ${width} gives ${heads} heads no even share.` }];
    if (heads % kvHeads === 0) return [];
    return [{ field: 'kvHeads', message: `${heads} heads cannot share ${kvHeads} heads of keys.` }];
  },
  params,
  picture({ layers, heads, width, hidden, context }, vocabulary) {
    const norm = (name: string): Piece => ({ name: 'Norm', isNorm: true, weights: [`${name}.weight`] });
    const attention = {
      name: 'Attention',
      detail: headWords(heads, width / heads),
      weights: ['blocks.0.qkv.weight', 'blocks.0.out.weight'],
    };
    const weights = ['blocks.0.mlp.c_fc.weight', 'blocks.0.mlp.c_proj.weight'];
    const feedForward = { name: 'Feed-forward', detail: `inner ${hidden}`, weights };
    const branches = [
      { pieces: [norm('blocks.0.norm_1'), attention] },
      { pieces: [norm('blocks.0.norm_2'), feedForward] },
    ];
    const before = [{ name: 'Token', weights: ['tokens.weight'], columns: width }];
    const after = [norm('norm'), logits(undefined, vocabulary)];
    return {
      stacks: [
        {
          rows: context,
          from: `${context} tokens`,
          before,
          blocks: { times: layers, branches },
          after,
          to: 'a score for each next token',
        },
      ],
    };
  },
  classifier: () => 'tokens.weight',
  headWidth: ({ width, heads }) => width / heads,
  cacheColumns: ({ width, heads, kvHeads }) => 2 * (width / heads) * kvHeads,
  flops: (config, vocabulary) =>
    2 * countParams(params(config, vocabulary)) + 4 * config.layers * config.width * config.context,
  activationBytes: (config, vocabulary, { batch }) =>
    4 * batch * config.context * (config.layers * (8 * config.width + 2 * widest(config)) + vocabulary),
  largestActivationBytes: (config, { batch }) => 4 * batch * config.context * widest(config),
  huggingFace,
  gguf,
  load: () => import('./forward'),
});
