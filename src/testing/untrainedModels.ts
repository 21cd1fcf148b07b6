/** Untrained models that fill blanks or answer, for tests of exports. */
import { initialValues } from '../core/models/initial';
import type { ModelChoice } from '../core/models/network';
import { usualPooling } from '../core/models/classes';
import type { BaseConfig, Classes } from '../core/models/spec';
import type { Exported } from '../core/export/format';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import type { TokenRole } from '../core/tokenizer/special';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { allFormats } from '../core/export/formats';

const SIZES = { layers: 2, heads: 2, width: 32, context: 32 };
const BERT = { hidden: 0, tanh: false, tokenTypes: 2, normEpsilon: 1e-12 };
const T5 = { headWidth: 0, hidden: 64, gated: true, buckets: 8, maxDistance: 16, scaled: true, normEpsilon: 1e-6 };

const GPT = { ...SIZES, hidden: 0, biases: true } as BaseConfig;
const LLAMA = {
  ...SIZES,
  ...{
    kvHeads: 1,
    headWidth: 0,
    hidden: 48,
    theta: 10_000,
    normEpsilon: 1e-6,
    qkNorm: 'none',
    norm: 'before',
    window: 0,
  },
} as BaseConfig;

/** One model of each kind, with large weights, so that choices differ. */
export const untrainedBert = (): Promise<Exported> =>
  untrained('bert', { ...SIZES, ...BERT }, ['end', 'padding', 'mask']);
export const untrainedGpt = (): Promise<Exported> => untrained('gpt', GPT, ['end', 'padding']);
export const untrainedLlama = (): Promise<Exported> => untrained('llama', LLAMA, ['end', 'padding']);
export const untrainedT5 = (): Promise<Exported> =>
  untrained('t5', { ...SIZES, ...T5 }, ['end', 'padding', 'sentinel', 'sentinel']);

/** A classifier, by default with the labels `A`, `B` and `C`. */
export function untrainedClassifier(
  id: 'bert' | 'gpt' | 'llama',
  { labels = ['A', 'B', 'C'], pooling = usualPooling({ id })!, ...several }: Partial<Classes> = {},
  own: object = {},
  roles: readonly TokenRole[] = ['end', 'padding', 'mask'],
): Promise<Exported> {
  const config: Record<typeof id, BaseConfig> = { bert: { ...SIZES, ...BERT }, gpt: GPT, llama: LLAMA };
  const classes: Classes = { labels, pooling, ...several };
  return untrained(id, { ...config[id], ...own, classes }, roles);
}

async function untrained(id: ModelChoice['id'], config: BaseConfig, roles: readonly TokenRole[]): Promise<Exported> {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [], roles });
  const model: ModelChoice = { id, config, vocabulary: tokenizer.size };
  const state = { step: 1, tokensSeen: 1, activeMs: 0, best: null };
  const facts = {
    version: 2,
    id,
    name: `untrained ${id}`,
    createdAt: 1_764_000_000_000,
    device: null,
    result: null,
  } as const;
  const tensors = new Map(
    [...initialValues(model, 3)].map(([name, { shape, data }]) => [
      name,
      // T5's initial weights are already large.
      { shape, data: id === 't5' ? data : data.map((x) => (x === 0 || x === 1 ? x : 8 * x)) },
    ]),
  );
  return {
    name: `untrained-${id}`,
    info: {
      ...facts,
      model,
      segments: [{ after: 0, recipe: DEFAULT_RECIPE, data: null }],
      tokenizer: 'bytes',
      roles,
      state,
    },
    snapshot: { state, tensors },
    tokenizer,
    events: [],
    tokens: null,
    formats: allFormats(),
  };
}
