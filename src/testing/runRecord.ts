import type { BaseConfig } from '../core/models/spec';
import { newRun, type RunRecord } from '../core/runs/record';
import type { DataFacts } from '../core/runs/settings';
import type { SegmentData } from '../core/runs/segments';
import type { TokenizerModel } from '../core/tokenizer/tokenizer';
import { DEFAULT_RECIPE, type Recipe } from '../core/train/recipe';

/** Sizes in a GPT's record; sizes that it lacks have the behavior of older builds. */
const CONFIG = { layers: 1, heads: 1, width: 8, context: 8, hidden: 0, biases: true } as BaseConfig;

/** A run that has not been stored. */
export type MadeRun = RunRecord & { tokenizer: TokenizerModel };

/** Record of a run named a with one segment, a small GPT on bytes, and the given fields. */
export function runRecord({
  recipe = DEFAULT_RECIPE,
  data = {},
  tokenizer = { kind: 'bytes', merges: [] },
  ...overrides
}: Partial<Omit<RunRecord, 'tokenizer'>> & {
  recipe?: Recipe;
  data?: Partial<SegmentData>;
  tokenizer?: TokenizerModel;
} = {}): MadeRun {
  const run = newRun({
    id: 'a',
    projectId: 'first',
    name: 'Whale',
    createdAt: 1,
    device: null,
    hue: 1,
    model: { id: 'gpt', config: CONFIG, vocabulary: 257 },
    tokenizer,
    recipe,
    data: { id: null, facts: null, ...data },
  });
  return { ...run, tokenizer, ...overrides };
}

/** Facts of ten tokens; the last one is held out. */
export const dataFacts = (overrides: Partial<DataFacts> = {}): DataFacts => ({
  texts: [],
  textHash: 'a',
  split: { rule: 'ends', validation: 0.1, test: 0, seed: 0 },
  parts: { train: { tokens: 90, bytes: 90 }, validation: { tokens: 10, bytes: 10 } },
  unigramLoss: 5,
  ...overrides,
});
