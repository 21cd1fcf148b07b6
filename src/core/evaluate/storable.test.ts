import { expect, test } from 'vitest';
import { type Evaluation, evaluationSchema } from './evaluation';
import { storable } from './storable';

const share = (margin: number) => ({ value: 0, low: 0, high: 3, pairs: 9, margin });
const task = (given: unknown) => ({
  ...{ name: `${String(given)}.csv`, rows: 1, cut: 0, metrics: {}, baselines: {} },
  missed: [{ line: 2, prompt: 'a', wanted: 'b', given: given as string }],
});
const evaluation: Evaluation = {
  ...{ tokens: 9, documents: 1, bytes: 9, leftOut: [{ name: 'gzip', reason: 'No.' }] },
  metrics: { loss: { value: 3, unit: 'nats per token' } },
  baselines: { trigram: { loss: 4, perplexity: Infinity }, unigram: { loss: NaN }, uniform: { loss: 5 } },
  minimalPairs: { all: share(NaN), kinds: { negation: share(NaN) }, missed: [] },
  swaps: { kinds: { name: share(1) } },
  where: { position: [{ from: 1, to: 1, loss: NaN, tokens: 1 }], kind: [], source: [], document: [] },
  tasks: [task('c'), task(undefined)],
};
const stored = (it: Evaluation) => evaluationSchema.safeParse(JSON.parse(JSON.stringify(it)));

test('lists values that are not finite as left out, keeps the rest, and can be parsed again', () => {
  expect(stored(evaluation).success).toBe(false);
  const kept = storable(evaluation);
  expect(stored(kept).data).toEqual(kept);
  expect(kept.baselines).toEqual({ trigram: { loss: 4 }, uniform: { loss: 5 } });
  expect(Object.keys(kept)).not.toEqual(expect.arrayContaining(['minimalPairs']));
  expect(kept.swaps).toEqual(evaluation.swaps);
  expect(kept.tasks).toEqual([task('c')]);
  expect(kept.leftOut.map(({ name }) => name)).toEqual([
    ...['gzip', 'trigram', 'unigram', 'where', 'minimalPairs', 'undefined.csv'],
  ]);
});

test('leaves everything else unchanged', () => {
  const { where: _, minimalPairs: __, ...fine } = { ...evaluation, baselines: {}, tasks: [task('c')] };
  expect(storable(fine)).toEqual(fine);
});
