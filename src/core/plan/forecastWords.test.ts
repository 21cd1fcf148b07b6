import { expect, test } from 'vitest';
import { headlineOf } from '../objectives';
import type { Baseline } from '../objectives/objective';
import type { Recipe } from '../train/recipe';
import { DEFAULT_RECIPE } from '../train/recipe';
import { forecastWords } from './forecastWords';
import { forecastOf, prospectOf, type ProspectOf } from './prospect';

const recipe: Recipe = { ...DEFAULT_RECIPE, batch: 8, steps: 1000, learningRate: 0.0023, schedule: 'linear' };
const run: ProspectOf = {
  model: { id: 'gpt', config: { layers: 2, heads: 2, width: 64, context: 64 }, vocabulary: 2048 },
  recipe,
  facts: {
    unigramLoss: 6.2,
    parts: {
      train: { tokens: 330_000 },
    },
  },
  isContinued: false,
  planned: 1000,
  repeated: 0.02,
};
const baseline = (id: string, loss: number): Baseline => ({
  id,
  loss,
  words: `a ${id} model`,
  label: id,
  hint: '',
  before: '',
});
const baselines = [baseline('unigram', 6.2), baseline('bigram', 4.9), baseline('trigram', 4.45)];
const evaluations = [
  { step: 0, loss: 7.6 },
  { step: 200, loss: 5.2 },
];
const shown = { headline: headlineOf('causal'), baselines, best: 5.2, step: 200 };

test('reports the expected final loss, and when the run passes the next baseline', () => {
  const forecast = forecastOf(prospectOf(run)!, evaluations)!;
  expect(forecastWords(forecast, { ...shown, stepMs: 100 })).toMatch(
    /^Expected at the end: perplexity [\d.]+ to [\d.]+\. It should pass a bigram model \(134\) near step \d+, in about \d+ s\.$/,
  );
  expect(forecastWords(forecast, shown)).toMatch(/near step \d+\.$/);
  expect(forecastWords(forecast, { ...shown, baselines: [baseline('trigram', 0.1)] })).not.toMatch(/pass/);
});

test('has no forecast before the first evaluated step, after the last, and for unrecorded kinds of runs', () => {
  const prospect = prospectOf(run)!;
  expect(forecastOf(prospect, evaluations.slice(0, 1))).toBeUndefined();
  expect(forecastOf(prospect, [...evaluations, { step: 1000, loss: 4 }])).toBeUndefined();
  for (const change of [
    { isContinued: true },
    { trainable: {} },
    { facts: null },
    { recipe: { ...recipe, objective: 'pairs' as const } },
  ])
    expect(prospectOf({ ...run, ...change })).toBeUndefined();
});
