import { newRun, type RunRecord } from '../runs/record';
import type { DataFacts } from '../runs/settings';
import type { SegmentData } from '../runs/segments';
import { DEFAULT_RECIPE, type Recipe } from '../train/recipe';

/** Of a run called a with one segment, a small GPT by bytes, of which nothing is known besides what is given. */
export function runRecord({
  recipe = DEFAULT_RECIPE,
  data = {},
  ...given
}: Partial<RunRecord> & { recipe?: Recipe; data?: Partial<SegmentData> } = {}): RunRecord {
  const run = newRun({
    id: 'a',
    projectId: 'first',
    name: 'Whale',
    createdAt: 1,
    device: null,
    hue: 1,
    model: { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 8 }, vocabulary: 257 },
    tokenizer: { kind: 'bytes', merges: [] },
    recipe,
    data: { id: null, facts: null, ...data },
  });
  return { ...run, ...given };
}

/** Of ten tokens, of which the last is held out. */
export const dataFacts = (given: Partial<DataFacts> = {}): DataFacts => ({
  texts: [],
  textHash: 'a',
  split: { rule: 'ends', validation: 0.1, test: 0, seed: 0 },
  parts: { train: { tokens: 90, bytes: 90 }, validation: { tokens: 10, bytes: 10 } },
  unigramLoss: 5,
  ...given,
});
