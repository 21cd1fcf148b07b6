import { choice, real, whole } from '../../base/field';
import { formatCount } from '../../base/units';
import { headWords, labelScores, logits, type Piece } from '../picture';
import {
  logitBytes,
  gatedWidth,
  headsField,
  matrix,
  nearestShape,
  normEpsilonField,
  residualStd,
  vector,
  weight,
  widthField,
} from '../parameters';
import {
  type BaseConfig,
  countMultiplied,
  countParams,
  defineModel,
  type Parameter,
  type ParamTable,
  type SizeName,
  sizeProblems,
} from '../spec';
import { gguf } from './gguf';
import { huggingFace } from './huggingFace';
import { branchNorms, columnsOf, KIN, type LlamaConfig, qkGains, windowOf } from './sizes';

export type { LlamaConfig } from './sizes';

/** Names of weights after a layer's attention. */
const AFTER_ATTENTION = /\.layers\.(\d+)\.(?:self_attn\.o_proj|post_|mlp\.)/;

const fields = {
  layers: whole({ label: 'Layers', min: 1, max: 96, initial: 4 }),
  heads: headsField(128),
  kvHeads: whole({
    label: 'Key-value heads',
    name: 'Key-value heads',
    hint: 'divides the heads',
    min: 1,
    max: 128,
    initial: 2,
  }),
  width: widthField(8192),
  hidden: whole({ label: 'Inner width', hint: 'of the feed-forward', min: 4, max: 32_768, initial: 352 }),
  context: whole({ label: 'Context', unit: 'tokens', min: 4, max: 131_072, initial: 64 }),
  theta: real({
    label: 'Rotary base',
    hint: 'larger for a longer context',
    min: 10,
    max: 1e9,
    step: 1000,
    initial: 10_000,
    row: 'seldom',
  }),
  headWidth: whole({
    label: 'Head width',
    hint: '0: width / heads',
    min: 0,
    max: 512,
    step: 2,
    initial: 0,
    row: 'seldom',
  }),
  qkNorm: choice({
    label: 'QK-norm',
    hint: 'of queries and keys',
    of: {
      none: { label: 'None' },
      heads: { label: 'Per head', hint: 'as in Qwen3' },
      rows: { label: 'Per row', hint: 'as in OLMo 2' },
    },
    former: { true: 'heads', false: 'none' },
    initial: 'none',
    absent: 'none',
    row: 'seldom',
  }),
  norm: choice({
    label: 'Norms',
    hint: 'of attention and feed-forward',
    of: {
      before: { label: 'Pre-norm' },
      after: { label: 'Post-norm', hint: 'as in OLMo 2' },
    },
    initial: 'before',
    absent: 'before',
    row: 'seldom',
  }),
  window: whole({
    label: 'Attention window',
    name: 'Attention window',
    unit: 'tokens',
    hint: '0: the whole context',
    min: 0,
    max: 131_072,
    initial: 0,
    absent: 0,
    row: 'seldom',
  }),
  normEpsilon: normEpsilonField(1e-5),
};

/**
 * Decoders after GPT-2: RMSNorm, rotary positions, grouped-query attention, a gated feed-forward, no biases. With
 * QK-norm per head it is Qwen3, with QK-norm per row and post-norm OLMo 2, with a window Mistral.
 */
export const llama = defineModel<LlamaConfig>({
  label: 'Llama',
  kind: 'decoder',
  source:
    'Touvron et al. 2023, arXiv:2302.13971; shared keys: arXiv:2305.13245; window: Jiang et al. 2023, arXiv:2310.06825; QK-norm as in Qwen3, arXiv:2505.09388, or OLMo 2, arXiv:2501.00656; initialisation as GPT-2',
  fields,
  presets: [
    { name: 'Tiny', config: of(2, 2, 64, 64) },
    { name: 'Small', config: of(4, 4, 128, 64) },
    { name: 'Medium', config: of(6, 6, 384, 256) },
    { name: 'Large', config: of(12, 12, 768, 1024) },
  ],
  /** Depth and width grow together. */
  sized: (parameters, vocabulary) =>
    nearestShape(SHAPES, parameters, (config) => countParams(params(config, vocabulary))),
  usual,
  problems(config) {
    const found = sizeProblems<LlamaConfig>(fields, config);
    if (found.length > 0) return found;
    const { heads, kvHeads, width, headWidth } = config;
    const { head } = columnsOf(config);
    const problem = (field: SizeName<LlamaConfig>, message: string, ...others: SizeName<LlamaConfig>[]) => [
      { field, message, between: [field, ...others] },
    ];
    if (!Number.isInteger(head))
      return problem('heads', `The width of ${width} isn't a multiple of ${heads} heads.`, 'width');
    if (head % 2 !== 0) {
      const message = `The head width is ${head}; rotary embeddings need an even number.`;
      return headWidth === 0 ? problem('heads', message, 'width') : problem('headWidth', message);
    }
    if (heads % kvHeads === 0) return [];
    return problem('kvHeads', `${heads} heads can't be divided evenly among ${kvHeads} key-value heads.`, 'heads');
  },
  params,
  picture(config, vocabulary) {
    const { layers, heads, kvHeads, width, hidden, context, untied, qkNorm, classes } = config;
    const of = (...names: string[]): string[] => names.map((name) => `model.layers.0.${name}.weight`);
    const norm = (weight: string): Piece => ({ name: 'RMSNorm', isNorm: true, weights: [weight] });
    const [ofAttention, ofFeedForward] = branchNorms(config).map((name) => norm(of(name)[0]!)) as [Piece, Piece];
    const branch = (piece: Piece, normed: Piece) => ({
      pieces: config.norm === 'after' ? [piece, normed] : [normed, piece],
    });
    const window = windowOf(config);
    const attention = {
      name: 'Attention',
      detail: [
        headWords(heads, columnsOf(config).head),
        kvHeads < heads && `${formatCount(kvHeads)} KV heads`,
        qkNorm !== 'none' && (qkNorm === 'rows' ? 'QK-norm per row' : 'QK-norm'),
        'rotary',
        window !== undefined && `the last ${formatCount(window)} tokens`,
      ]
        .filter((words) => words !== false)
        .join(', '),
      weights: of(
        ...['qkv_proj', ...(qkNorm === 'none' ? [] : ['q_norm', 'k_norm']), 'o_proj'].map(
          (name) => `self_attn.${name}`,
        ),
      ),
    };
    const feedForward = {
      name: 'SwiGLU',
      detail: `inner ${formatCount(hidden)}`,
      weights: of('mlp.gate_up_proj', 'mlp.down_proj'),
    };
    return {
      stacks: [
        {
          rows: context,
          from: `${formatCount(context)} tokens`,
          before: [{ name: 'Token', weights: ['model.embed_tokens.weight'], columns: width }],
          blocks: {
            times: layers,
            branches: [branch(attention, ofAttention), branch(feedForward, ofFeedForward)],
          },
          after: [
            norm('model.norm.weight'),
            classes ? labelScores(classes, ['score.weight']) : logits(untied && 'lm_head.weight', vocabulary),
          ],
          to: classes ? 'a score for each label' : 'a score for each next token',
        },
      ],
    };
  },
  classifier: ({ untied, classes }) =>
    classes ? 'score.weight' : untied ? 'lm_head.weight' : 'model.embed_tokens.weight',
  classes: { pooling: 'last' },
  headWidth: (config) => columnsOf(config).head,
  cacheColumns: (config) => 2 * columnsOf(config).k,
  /** 2 N, plus 4 per layer for each query column and each token of the context or window. */
  flops(config, vocabulary) {
    const { layers, context } = config;
    const seen = windowOf(config) ?? context;
    return (
      2 * countMultiplied(config, params(config, vocabulary), AFTER_ATTENTION) + 4 * layers * columnsOf(config).q * seen
    );
  },
  /**
   * f32, per token and layer: both norms, attention's output and the stream (4 C), q | k | v before and after rotation,
   * the heads (Q), gate | up and their product (3 H); the stream, and one block of logits. With recomputation: the
   * layers' inputs, and one layer.
   */
  activationBytes(config, vocabulary, { batch, recompute }) {
    const { layers, width: C, hidden, context } = config;
    const { q, k } = columnsOf(config);
    const tokens = batch * context;
    const layer = 4 * C + 2 * (q + 2 * k) + q + 3 * hidden;
    const kept = recompute ? C * layers + layer : layer * layers;
    return 4 * tokens * (kept + 4 * C) + logitBytes(config, tokens, vocabulary);
  },
  /** Gate | up, or q | k | v; logits are computed in blocks. */
  largestActivationBytes(config, { batch }) {
    const { q, k } = columnsOf(config);
    return 4 * batch * config.context * Math.max(2 * config.hidden, q + 2 * k);
  },
  huggingFace,
  gguf,
  onnx: () => import('./onnx'),
  page: () => import('./page'),
  pytorch: { file: 'pytorch/llama.py', class: 'Llama', blocks: 'model.layers' },
  load: () => import('./forward'),
});

/** Names are Hugging Face's (Phi3's for the joined q | k | v and gate | up); matrices are [in, out]. */
function params(config: LlamaConfig, vocabulary: number): ParamTable {
  const { layers, width: C, hidden, untied, classes } = config;
  const { q, k } = columnsOf(config);
  const gains = qkGains(config);
  const [ofAttention, ofFeedForward] = branchNorms(config);
  const gain = (size: number): Parameter => vector(size, 'Norms', 'ones');
  const residual = residualStd(layers);
  const table: Record<string, Parameter> = {
    'model.embed_tokens.weight': { ...weight([vocabulary, C], 'Token embedding'), perToken: true },
  };
  for (let i = 0; i < layers; i++) {
    const h = `model.layers.${i}`;
    Object.assign(table, {
      [`${h}.${ofAttention}.weight`]: gain(C),
      [`${h}.self_attn.qkv_proj.weight`]: { ...matrix([C, q + 2 * k], 'Attention'), widths: [q, k, k] },
      ...(gains && {
        [`${h}.self_attn.q_norm.weight`]: gain(gains.q),
        [`${h}.self_attn.k_norm.weight`]: gain(gains.k),
      }),
      [`${h}.self_attn.o_proj.weight`]: matrix([q, C], 'Attention', residual),
      [`${h}.${ofFeedForward}.weight`]: gain(C),
      [`${h}.mlp.gate_up_proj.weight`]: { ...matrix([C, 2 * hidden], 'Feed-forward'), widths: [hidden, hidden] },
      [`${h}.mlp.down_proj.weight`]: matrix([hidden, C], 'Feed-forward', residual),
    } satisfies ParamTable);
  }
  table['model.norm.weight'] = gain(C);
  if (classes) table['score.weight'] = weight([classes.labels.length, C], 'Classifier');
  else if (untied) table['lm_head.weight'] = { ...weight([vocabulary, C], 'Classifier'), perToken: true };
  return table;
}

/** Two query heads share a key-value head if their number is even. */
function usual({ heads, width }: BaseConfig): Pick<LlamaConfig, 'kvHeads' | 'hidden'> {
  return { kvHeads: heads % 2 === 0 ? heads / 2 : heads, hidden: gatedWidth(width) };
}

function of(layers: number, heads: number, width: number, context: number): LlamaConfig {
  const shape = { layers, heads, width, context };
  return {
    ...{ ...shape, ...usual(shape), headWidth: 0, theta: 10_000, normEpsilon: 1e-5 },
    ...{ ...KIN.llama, window: 0 },
  };
}

/** Shapes with heads 16 to 64 wide. */
const SHAPES: readonly LlamaConfig[] = [
  of(2, 2, 32, 64),
  of(2, 2, 48, 64),
  of(2, 2, 64, 64),
  of(3, 3, 96, 64),
  of(4, 4, 128, 64),
  of(5, 5, 160, 128),
  of(6, 6, 192, 128),
  of(6, 4, 256, 128),
  of(6, 5, 320, 256),
  of(6, 6, 384, 256),
  of(8, 8, 512, 256),
  of(10, 10, 640, 512),
  of(12, 12, 768, 1024),
  of(24, 16, 1024, 1024),
];
