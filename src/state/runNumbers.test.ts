/** Numbers of a run in glossary sentences: of the checkpoint that a page uses, and only measured ones. */
import { beforeEach, expect, test } from 'vitest';
import type { RunRecord } from '../core/runs/record';
import { inertServices } from '../testing/inertServices';
import { dataFacts, runRecord } from '../testing/runRecord';
import { showing } from '../testing/shown';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { RunLog } from './runLog';
import { runNumbers } from './runNumbers';
import { createStudio } from './studio';
import type { StudioStore } from './slices/studio';

let store: StudioStore;
beforeEach(() => {
  store = createStudio(inertServices());
});

const numbers = (page?: string) => runNumbers(store.getState(), page);

function show(given: Partial<RunRecord> = {}): void {
  const log = new RunLog();
  for (const [step, loss] of [
    [100, Math.log(90)],
    [200, Math.log(113)],
  ] as const)
    log.append({ kind: 'evaluated', step, loss, metrics: { bitsPerByte: { value: 1.5 } }, activeMs: 0, sample: '' });
  const recipe = { ...DEFAULT_RECIPE, steps: 4000, learningRate: 0.003 };
  const record = runRecord({ recipe, data: { id: 'd', facts: dataFacts({}) }, ...(given as object) });
  const saved = { step: 100, bytes: 1, at: null };
  showing(store, { record, log, saved, usable: saved, phase: { kind: 'finished', step: 200, of: 4000 } });
}

test('without a run no number is known', () => {
  expect(numbers('train')).toEqual({});
});

test('settings, size and baselines of the run', () => {
  show();
  const { config, vocabulary } = runRecord({}).model;
  expect(numbers('train')).toMatchObject({
    vocabulary,
    layers: config.layers,
    heads: config.heads,
    context: config.context,
    steps: 4000,
    learningRate: 0.003,
  });
  const { parameters, uniform, unigram, labels } = numbers('train');
  expect(parameters).toBeGreaterThan(1000);
  expect(uniform).toBeCloseTo(vocabulary);
  expect(unigram).toBeLessThan(uniform!);
  expect(labels).toBeUndefined();
});

test('Train has the newest evaluation, and other pages that of their checkpoint', () => {
  show();
  for (const page of ['train', 'model', undefined]) expect(numbers(page).perplexity).toBeCloseTo(113);
  for (const page of ['evaluate', 'playground', 'export']) expect(numbers(page).perplexity).toBeCloseTo(90);
  expect(numbers('train').bitsPerByte).toBe(1.5);
});

test('Playground has the sampling settings that are on', () => {
  show();
  store.getState().setSampling({ topK: 40, topP: 1, seed: 7 });
  expect(numbers('playground')).toMatchObject({ topK: 40, seed: 7 });
  expect(numbers('playground').topP).toBeUndefined();
  store.getState().setSampling({ topK: 0, topP: 0.9 });
  expect(numbers('playground')).toMatchObject({ topP: 0.9 });
  expect(numbers('playground').topK).toBeUndefined();
  expect(numbers('train')).toMatchObject({ seed: DEFAULT_RECIPE.seed });
  expect(numbers('train').topP).toBeUndefined();
});

test('a classifier has labels, and no perplexity or counting baselines', () => {
  const { model } = runRecord({});
  const classes = { labels: ['ham', 'spam'], pooling: 'last' } as const;
  show({
    model: { ...model, config: { ...model.config, classes } },
    ...({ recipe: { ...DEFAULT_RECIPE, objective: 'labels' } } as object),
  });
  const known = numbers('train');
  expect(known.labels).toBe(2);
  for (const name of ['perplexity', 'uniform', 'unigram', 'trigram'] as const) expect(known[name]).toBeUndefined();
});
