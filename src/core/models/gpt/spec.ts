import { onOff, whole } from '../../base/field';
import { formatCount } from '../../base/units';
import { headWords, labelScores, logits, type Piece } from '../picture';
import { logitBytes, headsField, matrix, nearestShape, residualStd, vector, weight, widthField } from '../parameters';
import { countMultiplied, defineModel, type ModelSpec, type Parameter, type ParamTable, sizeProblems } from '../spec';
import { gguf } from './gguf';
import { huggingFace } from './huggingFace';
import { type GptConfig, innerOf } from './sizes';

/** GPT-2's values. */
const USUAL = { hidden: 0, biases: true };

/** Names of weights after a layer's attention. */
const AFTER_ATTENTION = /\.h\.(\d+)\.(?:attn\.c_proj|ln_2|mlp)\./;

/** GPT-2. Names, shapes and layouts equal Hugging Face's GPT2LMHeadModel, whose weights are [in, out]. */
export const gpt: ModelSpec = defineModel<GptConfig>({
  label: 'GPT',
  kind: 'decoder',
  source: 'Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"; initialisation as in its code',
  fields: {
    layers: whole({ label: 'Layers', min: 1, max: 48, initial: 4 }),
    heads: headsField(32),
    width: widthField(2048),
    context: whole({ label: 'Context', unit: 'tokens', min: 4, max: 2048, initial: 64 }),
    hidden: whole({
      label: 'Inner width',
      hint: '0: 4 × width',
      help: 'Inner width of the feed-forward; for gpt and bert, 0 is four times the width',
      min: 0,
      max: 16_384,
      initial: USUAL.hidden,
      absent: USUAL.hidden,
      row: 'seldom',
    }),
    biases: onOff({
      label: 'Biases',
      hint: 'of linear layers and norms',
      initial: USUAL.biases,
      absent: USUAL.biases,
      row: 'seldom',
    }),
  },
  presets: [
    { name: 'Tiny', config: { layers: 2, heads: 2, width: 64, context: 64, ...USUAL } },
    { name: 'Small', config: { layers: 4, heads: 4, width: 128, context: 64, ...USUAL } },
    { name: 'Medium', config: { layers: 6, heads: 6, width: 384, context: 256, ...USUAL } },
    { name: 'Large', config: { layers: 12, heads: 12, width: 768, context: 1024, ...USUAL } },
  ],
  sized,
  problems(config) {
    const found = [...sizeProblems(gpt.fields, config)];
    const { heads, width } = config;
    if (found.length === 0 && width % heads !== 0) {
      const message = `The width of ${width} isn't a multiple of ${heads} heads.`;
      found.push({ field: 'heads', message, between: ['width', 'heads'] });
    }
    return found;
  },
  params(config, vocabulary) {
    const { layers, width: C, context, untied, classes } = config;
    const H = innerOf(config);
    const residual = residualStd(layers);
    const table: Record<string, Parameter> = {
      'transformer.wte.weight': { ...weight([vocabulary, C], 'Token embedding'), perToken: true },
      'transformer.wpe.weight': { ...weight([context, C], 'Position embedding'), decay: false },
    };
    for (let i = 0; i < layers; i++) {
      const h = `transformer.h.${i}`;
      Object.assign(table, {
        [`${h}.ln_1.weight`]: vector(C, 'Norms', 'ones'),
        [`${h}.ln_1.bias`]: vector(C, 'Norms'),
        [`${h}.attn.c_attn.weight`]: { ...matrix([C, 3 * C], 'Attention'), widths: [C, C, C] },
        [`${h}.attn.c_attn.bias`]: vector(3 * C, 'Attention'),
        [`${h}.attn.c_proj.weight`]: matrix([C, C], 'Attention', residual),
        [`${h}.attn.c_proj.bias`]: vector(C, 'Attention'),
        [`${h}.ln_2.weight`]: vector(C, 'Norms', 'ones'),
        [`${h}.ln_2.bias`]: vector(C, 'Norms'),
        [`${h}.mlp.c_fc.weight`]: matrix([C, H], 'Feed-forward'),
        [`${h}.mlp.c_fc.bias`]: vector(H, 'Feed-forward'),
        [`${h}.mlp.c_proj.weight`]: matrix([H, C], 'Feed-forward', residual),
        [`${h}.mlp.c_proj.bias`]: vector(C, 'Feed-forward'),
      } satisfies ParamTable);
    }
    table['transformer.ln_f.weight'] = vector(C, 'Norms', 'ones');
    table['transformer.ln_f.bias'] = vector(C, 'Norms');
    if (classes) table['score.weight'] = weight([classes.labels.length, C], 'Classifier');
    else if (untied) table['lm_head.weight'] = { ...weight([vocabulary, C], 'Classifier'), perToken: true };
    return hasBiases(config) ? table : Object.fromEntries(Object.entries(table).filter(([name]) => !isBias(name)));
  },
  elsewhere: (config) => ({ ...config, biases: true }),
  picture(config, vocabulary) {
    const { layers, heads, width, context, untied, classes } = config;
    const h = 'transformer.h.0';
    const of = (...layers: string[]): string[] =>
      layers.flatMap((layer) => [`${layer}.weight`, ...(hasBiases(config) ? [`${layer}.bias`] : [])]);
    const norm = (layer: string): Piece => ({ name: 'Norm', isNorm: true, weights: of(layer) });
    const attention = {
      name: 'Attention',
      detail: headWords(heads, width / heads),
      weights: of(`${h}.attn.c_attn`, `${h}.attn.c_proj`),
    };
    const feedForward = {
      name: 'Feed-forward',
      detail: `inner ${formatCount(innerOf(config))}${hasBiases(config) ? '' : ', no biases'}`,
      weights: of(`${h}.mlp.c_fc`, `${h}.mlp.c_proj`),
    };
    return {
      stacks: [
        {
          rows: context,
          from: `${formatCount(context)} tokens`,
          before: [
            { name: 'Token + position', weights: ['transformer.wte.weight', 'transformer.wpe.weight'], columns: width },
          ],
          blocks: {
            times: layers,
            branches: [{ pieces: [norm(`${h}.ln_1`), attention] }, { pieces: [norm(`${h}.ln_2`), feedForward] }],
          },
          after: [
            norm('transformer.ln_f'),
            classes ? labelScores(classes, ['score.weight']) : logits(untied && 'lm_head.weight', vocabulary),
          ],
          to: classes ? 'a score for each label' : 'a score for each next token',
        },
      ],
    };
  },
  classifier: ({ untied, classes }) =>
    classes ? 'score.weight' : untied ? 'lm_head.weight' : 'transformer.wte.weight',
  classes: { pooling: 'last' },
  headWidth: ({ width, heads }) => width / heads,
  cacheColumns: ({ width }) => 2 * width,
  /** 2 N + 4 L C T, a third of nanoGPT's count for a training step (model.py: estimate_mfu). */
  flops(config, vocabulary) {
    const { layers, width, context } = config;
    return 2 * countMultiplied(config, gpt.params(config, vocabulary), AFTER_ATTENTION) + 4 * layers * width * context;
  },
  /**
   * f32: 10 C and 2 H per token and layer (norms, qkv, attention; feed-forward), the stream, and one block of logits.
   * With recomputation: the layers' inputs, and one layer.
   */
  activationBytes(config, vocabulary, { batch, recompute }) {
    const { layers, width: C, context } = config;
    const tokens = batch * context;
    const layer = 10 * C + 2 * innerOf(config);
    const kept = recompute ? C * layers + layer : layer * layers;
    return 4 * tokens * (kept + 4 * C) + logitBytes(config, tokens, vocabulary);
  },
  /** Inside the feed-forward, or q | k | v; logits are computed in blocks. */
  largestActivationBytes: (config, { batch }) =>
    4 * batch * config.context * Math.max(innerOf(config), 3 * config.width),
  huggingFace,
  gguf,
  onnx: () => import('./onnx'),
  page: () => import('./page'),
  pytorch: { file: 'pytorch/model.py', class: 'GPT2', blocks: 'transformer.h' },
  load: () => import('./forward'),
});

const hasBiases = ({ biases = USUAL.biases }: GptConfig): boolean => biases;
const isBias = (name: string): boolean => name.endsWith('.bias');

/** Depth and width grow together, as from GPT-2 small to XL. */
function sized(parameters: number, vocabulary: number): GptConfig {
  const count = ({ layers, width, context }: GptConfig): number =>
    12 * layers * width ** 2 + 13 * layers * width + (vocabulary + context + 2) * width;
  return { ...nearestShape(SHAPES, parameters, count), ...USUAL };
}

/** Shapes with heads 16 to 64 wide. */
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
