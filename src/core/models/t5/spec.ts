import { onOff, whole } from '../../base/field';
import { LOGIT_BYTES } from '../../ops/logitBytes';
import {
  gatedWidth,
  headsField,
  matrix,
  nearestShape,
  normEpsilonField,
  vector,
  weight,
  widthField,
} from '../parameters';
import {
  type BaseConfig,
  countParams,
  defineModel,
  type Parameter,
  type ParamTable,
  type SizeName,
  sizeProblems,
} from '../spec';
import { huggingFace } from './huggingFace';
import { picture } from './picture';
import {
  blockOf,
  columnsOf,
  CROSS,
  distancesOf,
  feedForwardLayer,
  innerOf,
  SELF,
  type Side,
  type T5Config,
} from './sizes';

export type { T5Config } from './sizes';

const fields = {
  layers: whole({
    label: 'Layers',
    hint: 'encoder and decoder each',
    help: 'Layers of the encoder and of the decoder, each',
    min: 1,
    max: 48,
    initial: 4,
  }),
  heads: headsField(128),
  width: widthField(4096),
  hidden: whole({ label: 'Inner width', hint: 'of the feed-forward', min: 4, max: 65_536, initial: 352 }),
  context: whole({
    label: 'Context',
    unit: 'tokens',
    hint: 'input and output each',
    help: 'Tokens of the input and of the output, each',
    min: 4,
    max: 16_384,
    initial: 64,
  }),
  headWidth: whole({
    label: 'Head width',
    hint: '0: width / heads',
    min: 0,
    max: 512,
    initial: 0,
    row: 'seldom',
  }),
  gated: onOff({
    label: 'Gated GELU',
    name: 'Gated GELU',
    hint: 'as in T5 1.1; else ReLU',
    initial: true,
    row: 'seldom',
  }),
  buckets: whole({
    label: 'Distance buckets',
    name: 'Distance buckets',
    hint: 'an even number',
    min: 4,
    max: 512,
    step: 2,
    initial: 32,
    row: 'seldom',
  }),
  maxDistance: whole({
    label: 'Max distance',
    name: 'Max distance',
    unit: 'tokens',
    hint: 'farther tokens share a bucket',
    min: 3,
    max: 65_536,
    initial: 128,
    row: 'seldom',
  }),
  scaled: onOff({
    label: 'Scaled scores',
    hint: 'by the root of width, as in T5',
    initial: true,
    row: 'seldom',
  }),
  normEpsilon: normEpsilonField(1e-6),
};

/**
 * Encoder-decoder: the encoder reads a text bidirectionally, and the decoder generates another from its output. Gated
 * and without scaled scores, it is T5 1.1.
 */
export const t5 = defineModel<T5Config>({
  label: 'T5',
  kind: 'encoder-decoder',
  source:
    'Raffel et al. 2019, arXiv:1910.10683; gate: Shazeer 2020, arXiv:2002.05202; initialisation as in Mesh TensorFlow and transformers',
  fields,
  presets: [
    { name: 'Tiny', config: of(2, 2, 64, 64) },
    { name: 'Small', config: of(3, 4, 128, 64) },
    { name: 'Medium', config: of(4, 6, 384, 256) },
    { name: 'Large', config: of(8, 12, 768, 512) },
  ],
  /** Depth and width grow together. */
  sized: (parameters, vocabulary) =>
    nearestShape(SHAPES, parameters, (config) => countParams(params(config, vocabulary))),
  usual,
  problems(config) {
    const found = sizeProblems<T5Config>(fields, config);
    if (found.length > 0) return found;
    const { heads, width, buckets, maxDistance } = config;
    const problem = (field: SizeName<T5Config>, message: string, ...others: SizeName<T5Config>[]) => [
      { field, message, between: [field, ...others] },
    ];
    if (!Number.isInteger(columnsOf(config).head))
      return problem('heads', `The width of ${width} isn't a multiple of ${heads} heads.`, 'width');
    if (buckets % 2 !== 0) return problem('buckets', `The number of distance buckets is ${buckets}; it must be even.`);
    if (maxDistance > buckets / 2) return [];
    return problem(
      'maxDistance',
      `The max distance is ${maxDistance}; with ${buckets} buckets it must be over ${buckets / 2}.`,
      'buckets',
    );
  },
  params,
  picture,
  classifier: ({ untied }) => (untied ? 'lm_head.weight' : 'shared.weight'),
  headWidth: (config) => columnsOf(config).head,
  cacheColumns: (config) => 2 * columnsOf(config).all,
  /** 2 N, plus 4 per layer, query column and attended token in three attentions: per source and target token. */
  flops(config, vocabulary) {
    const { layers, context } = config;
    return 2 * countParams(params(config, vocabulary)) + 12 * layers * columnsOf(config).all * context;
  },
  /**
   * f32, per token and layer: norms and stream (2 C for each of five branches), q | k | v and heads of two
   * self-attentions (8 K), those of cross-attention (4 K), two feed-forwards; the streams, and one block of logits; and
   * the score bias of each stack. With recomputation: the layers' inputs, and one of the decoder's layers.
   */
  activationBytes(config, vocabulary, { batch, recompute }) {
    const { layers, width: C, hidden, heads, context } = config;
    const K = columnsOf(config).all;
    const tokens = batch * context;
    const feedForward = innerOf(config) + hidden;
    const [encoder, decoder] = [4 * C + 4 * K + feedForward, 6 * C + 8 * K + feedForward];
    const kept = recompute ? 2 * C * layers + decoder : (encoder + decoder) * layers;
    const biases = 2 * heads * context ** 2;
    return 4 * (tokens * (kept + 7 * C) + biases) + Math.min(4 * tokens * vocabulary, LOGIT_BYTES);
  },
  /** Input of the activation function, or q | k | v; logits are computed in blocks. */
  largestActivationBytes(config, { batch }) {
    const { heads, context } = config;
    return 4 * context * Math.max(batch * innerOf(config), batch * 3 * columnsOf(config).all, heads * context);
  },
  huggingFace,
  onnx: () => import('./onnx'),
  page: () => import('./page'),
  load: () => import('./forward'),
});

/** Hugging Face's names, except for joined matrices: q | k | v, k | v, and wi_0 | wi_1. Matrices are [in, out]. */
function params(config: T5Config, vocabulary: number): ParamTable {
  const { layers, heads, width: C, hidden, buckets, untied } = config;
  const { head, all: K } = columnsOf(config);
  const gain = (): Parameter => vector(C, 'Norms', 'ones');
  const [ofQueries, ofInput] = [1 / Math.sqrt(C * head), 1 / Math.sqrt(C)];
  const table: Record<string, Parameter> = {
    'shared.weight': { ...weight([vocabulary, C], 'Token embedding', 1), perToken: true },
  };
  for (const side of ['encoder', 'decoder'] as const satisfies readonly Side[]) {
    table[distancesOf(side)] = { ...weight([buckets, heads], 'Position embedding', ofInput), decay: false };
    for (let i = 0; i < layers; i++) {
      const b = blockOf(side, i);
      const feedForward = `${b}.${feedForwardLayer(side)}`;
      const inner = matrix([C, innerOf(config)], 'Feed-forward', ofInput);
      Object.assign(table, {
        [`${b}.layer.0.layer_norm.weight`]: gain(),
        [`${b}.${SELF}.qkv.weight`]: {
          ...matrix([C, 3 * K], 'Attention'),
          ...{ init: { std: [ofQueries, ofInput, ofInput] }, widths: [K, K, K] },
        },
        [`${b}.${SELF}.o.weight`]: matrix([K, C], 'Attention', 1 / Math.sqrt(K)),
        ...(side === 'decoder' && {
          [`${b}.layer.1.layer_norm.weight`]: gain(),
          [`${b}.${CROSS}.q.weight`]: matrix([C, K], 'Cross-attention', ofQueries),
          [`${b}.${CROSS}.kv.weight`]: { ...matrix([C, 2 * K], 'Cross-attention', ofInput), widths: [K, K] },
          [`${b}.${CROSS}.o.weight`]: matrix([K, C], 'Cross-attention', 1 / Math.sqrt(K)),
        }),
        [`${feedForward}.layer_norm.weight`]: gain(),
        [`${feedForward}.DenseReluDense.wi.weight`]: { ...inner, ...(config.gated && { widths: [hidden, hidden] }) },
        [`${feedForward}.DenseReluDense.wo.weight`]: matrix([hidden, C], 'Feed-forward', 1 / Math.sqrt(hidden)),
      } satisfies ParamTable);
    }
    table[`${side}.final_layer_norm.weight`] = gain();
  }
  if (untied) table['lm_head.weight'] = { ...weight([vocabulary, C], 'Classifier', 1), perToken: true };
  return table;
}

function usual({ width }: BaseConfig): Pick<T5Config, 'hidden'> {
  return { hidden: gatedWidth(width) };
}

function of(layers: number, heads: number, width: number, context: number): T5Config {
  const shape = { layers, heads, width, context };
  const distances = { buckets: 32, maxDistance: 128 };
  return { ...shape, ...usual(shape), ...distances, headWidth: 0, gated: true, scaled: true, normEpsilon: 1e-6 };
}

/** Shapes with heads 16 to 64 wide. */
const SHAPES: readonly T5Config[] = [
  of(1, 2, 32, 64),
  of(1, 2, 48, 64),
  of(2, 2, 64, 64),
  of(2, 3, 96, 64),
  of(3, 4, 128, 64),
  of(3, 5, 160, 128),
  of(4, 6, 192, 128),
  of(4, 4, 256, 128),
  of(4, 5, 320, 256),
  of(4, 6, 384, 256),
  of(6, 8, 512, 256),
  of(8, 10, 640, 512),
  of(12, 12, 768, 512),
  of(24, 16, 1024, 512),
];
