import { onOff, whole } from '../../base/field';
import { formatCount } from '../../base/units';
import {
  logitBytes,
  headsField,
  matrix,
  nearestShape,
  normEpsilonField,
  vector,
  weight,
  widthField,
} from '../parameters';
import { headWords, labelScores, logits, type Piece } from '../picture';
import { countMultiplied, countParams, defineModel, type Parameter, type ParamTable, sizeProblems } from '../spec';
import { huggingFace } from './huggingFace';
import { type BertConfig, innerOf } from './sizes';

/** BERT's values. */
const USUAL = { hidden: 0, tanh: false, tokenTypes: 2, normEpsilon: 1e-12 };

/** Names of weights after a layer's attention. */
const AFTER_ATTENTION = /\.layer\.(\d+)\.(?:attention\.output|intermediate|output)\./;

const fields = {
  layers: whole({ label: 'Layers', min: 1, max: 96, initial: 4 }),
  heads: headsField(128),
  width: widthField(8192),
  context: whole({ label: 'Context', unit: 'tokens', min: 4, max: 8192, initial: 64 }),
  hidden: whole({
    label: 'Inner width',
    hint: '0: 4 × width',
    min: 0,
    max: 32_768,
    initial: USUAL.hidden,
    row: 'seldom',
  }),
  tanh: onOff({ label: 'GELU by tanh', hint: 'approximate GELU', initial: USUAL.tanh, row: 'seldom' }),
  tokenTypes: whole({
    label: 'Token types',
    hint: 'segments; this app uses the first',
    min: 1,
    max: 64,
    initial: USUAL.tokenTypes,
    row: 'seldom',
  }),
  normEpsilon: normEpsilonField(USUAL.normEpsilon),
};

/** BERT with a head for masked language modeling (BertForMaskedLM) or labels (BertForSequenceClassification). */
export const bert = defineModel<BertConfig>({
  label: 'BERT',
  kind: 'encoder',
  source: 'Devlin et al. 2018, arXiv:1810.04805; initialisation as in its code',
  fields,
  presets: [
    { name: 'Tiny', config: { layers: 2, heads: 2, width: 64, context: 64, ...USUAL } },
    { name: 'Small', config: { layers: 4, heads: 4, width: 128, context: 64, ...USUAL } },
    { name: 'Medium', config: { layers: 6, heads: 6, width: 384, context: 256, ...USUAL } },
    { name: 'Large', config: { layers: 12, heads: 12, width: 768, context: 512, ...USUAL } },
  ],
  /** Depth and width grow together. */
  sized: (parameters, vocabulary) =>
    nearestShape(SHAPES, parameters, (config) => countParams(params(config, vocabulary))),
  problems(config) {
    const found = [...sizeProblems<BertConfig>(fields, config)];
    const { heads, width } = config;
    if (found.length === 0 && width % heads !== 0) {
      const message = `The width of ${width} isn't a multiple of ${heads} heads.`;
      found.push({ field: 'heads', message, between: ['width', 'heads'] });
    }
    return found;
  },
  params,
  picture(config, vocabulary) {
    const { layers, heads, width, context, untied, classes } = config;
    const h = 'bert.encoder.layer.0';
    const of = (...layers: string[]): string[] => layers.flatMap((layer) => [`${layer}.weight`, `${layer}.bias`]);
    const norm = (layer: string): Piece => ({ name: 'Norm', isNorm: true, weights: of(`${layer}.LayerNorm`) });
    const embedded = ['word', 'position', 'token_type'].map((what) => `bert.embeddings.${what}_embeddings.weight`);
    const scores = logits(untied && 'cls.predictions.decoder.weight', vocabulary);
    const attention = {
      name: 'Attention',
      detail: headWords(heads, width / heads),
      weights: of(`${h}.attention.self.qkv`, `${h}.attention.output.dense`),
    };
    const feedForward = {
      name: 'Feed-forward',
      detail: `inner ${formatCount(innerOf(config))}`,
      weights: of(`${h}.intermediate.dense`, `${h}.output.dense`),
    };
    return {
      stacks: [
        {
          rows: context,
          from: `${formatCount(context)} tokens${classes ? '' : ', some of them masked'}`,
          before: [{ name: 'Token + position + type', weights: embedded, columns: width }, norm('bert.embeddings')],
          blocks: {
            times: layers,
            branches: [
              { pieces: [attention], after: [norm(`${h}.attention.output`)] },
              { pieces: [feedForward], after: [norm(`${h}.output`)] },
            ],
          },
          after: classes
            ? [{ name: 'Pooler', weights: of('bert.pooler.dense') }, labelScores(classes, of('classifier'))]
            : [
                { name: 'Transform', weights: of('cls.predictions.transform.dense') },
                norm('cls.predictions.transform'),
                { ...scores, weights: [...scores.weights, 'cls.predictions.bias'] },
              ],
          to: classes ? 'a score for each label' : 'a score for each token at each position',
        },
      ],
    };
  },
  classifier({ untied, classes }) {
    if (classes) return 'classifier.weight';
    return untied ? 'cls.predictions.decoder.weight' : 'bert.embeddings.word_embeddings.weight';
  },
  classes: { pooling: 'first' },
  headWidth: ({ width, heads }) => width / heads,
  /** 0: it doesn't generate. */
  cacheColumns: () => 0,
  /** 2 N + 4 L C T, as for GPT. */
  flops(config, vocabulary) {
    const { layers, width, context } = config;
    return 2 * countMultiplied(config, params(config, vocabulary), AFTER_ATTENTION) + 4 * layers * width * context;
  },
  /**
   * f32: 8 C and 2 H per token and layer (q | k | v, attention, both sums and their norms; feed-forward), embedding and
   * head, and one block of logits. With recomputation: the layers' inputs, and one layer.
   */
  activationBytes(config, vocabulary, { batch, recompute }) {
    const { layers, width: C, context } = config;
    const tokens = batch * context;
    const layer = 8 * C + 2 * innerOf(config);
    const kept = recompute ? C * layers + layer : layer * layers;
    return 4 * tokens * (kept + 6 * C) + logitBytes(config, tokens, vocabulary);
  },
  /** Inside the feed-forward, or q | k | v; logits are computed in blocks. */
  largestActivationBytes: (config, { batch }) =>
    4 * batch * config.context * Math.max(innerOf(config), 3 * config.width),
  huggingFace,
  page: () => import('./page'),
  onnx: () => import('./onnx'),
  load: () => import('./forward'),
});

/** Names are Hugging Face's, with query, key and value joined; matrices are [in, out]. */
function params(config: BertConfig, vocabulary: number): ParamTable {
  const { layers, width: C, context, tokenTypes, untied, classes } = config;
  const H = innerOf(config);
  const table: Record<string, Parameter> = {
    'bert.embeddings.word_embeddings.weight': { ...weight([vocabulary, C], 'Token embedding'), perToken: true },
    'bert.embeddings.position_embeddings.weight': { ...weight([context, C], 'Position embedding'), decay: false },
    'bert.embeddings.token_type_embeddings.weight': { ...weight([tokenTypes, C], 'Token types'), decay: false },
  };
  const norm = (layer: string): void => {
    table[`${layer}.LayerNorm.weight`] = vector(C, 'Norms', 'ones');
    table[`${layer}.LayerNorm.bias`] = vector(C, 'Norms');
  };
  const dense = (layer: string, group: string, from: number, to: number, widths?: readonly number[]): void => {
    table[`${layer}.weight`] = { ...matrix([from, to], group), ...(widths && { widths }) };
    table[`${layer}.bias`] = vector(to, group);
  };
  norm('bert.embeddings');
  for (let i = 0; i < layers; i++) {
    const h = `bert.encoder.layer.${i}`;
    dense(`${h}.attention.self.qkv`, 'Attention', C, 3 * C, [C, C, C]);
    dense(`${h}.attention.output.dense`, 'Attention', C, C);
    norm(`${h}.attention.output`);
    dense(`${h}.intermediate.dense`, 'Feed-forward', C, H);
    dense(`${h}.output.dense`, 'Feed-forward', H, C);
    norm(`${h}.output`);
  }
  if (classes) {
    dense('bert.pooler.dense', 'Classifier', C, C);
    table['classifier.weight'] = weight([classes.labels.length, C], 'Classifier');
    table['classifier.bias'] = vector(classes.labels.length, 'Classifier');
    return table;
  }
  dense('cls.predictions.transform.dense', 'Classifier', C, C);
  norm('cls.predictions.transform');
  if (untied) table['cls.predictions.decoder.weight'] = { ...weight([vocabulary, C], 'Classifier'), perToken: true };
  table['cls.predictions.bias'] = { ...vector(vocabulary, 'Classifier'), perToken: true };
  return table;
}

/** Shapes with heads 16 to 64 wide. */
const SHAPES: readonly BertConfig[] = (
  [
    [2, 2, 32, 64],
    [2, 2, 48, 64],
    [2, 2, 64, 64],
    [3, 3, 96, 64],
    [4, 4, 128, 64],
    [5, 5, 160, 128],
    [6, 6, 192, 128],
    [6, 4, 256, 128],
    [6, 5, 320, 256],
    [6, 6, 384, 256],
    [8, 8, 512, 256],
    [10, 10, 640, 512],
    [12, 12, 768, 512],
    [24, 16, 1024, 512],
  ] as const
).map(([layers, heads, width, context]) => ({ layers, heads, width, context, ...USUAL }));
