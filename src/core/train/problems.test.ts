import { expect, test } from 'vitest';
import { modelSpec } from '../models';
import { withClasses } from '../models/classes';
import type { ModelChoice } from '../models/network';
import { problems } from './problems';
import { DEFAULT_RECIPE } from './recipe';

const model = { id: 'gpt', config: { layers: 2, heads: 2, width: 16, context: 64 }, vocabulary: 300 } as const;
const tokens = { train: 1000, validation: 100 };
const fieldsOf = (...input: Parameters<typeof problems>): string[] => problems(...input).map(({ field }) => field);

test('the default settings have no problems', () => {
  expect(problems(model, DEFAULT_RECIPE, tokens)).toEqual([]);
});
test('reports each setting outside its bounds by field', () => {
  expect(fieldsOf(model, { ...DEFAULT_RECIPE, learningRate: 0 }, tokens)).toEqual(['learningRate']);
  expect(fieldsOf(model, { ...DEFAULT_RECIPE, steps: 1.5, seed: -1, beta2: 1, clip: NaN }, tokens)).toEqual([
    'steps',
    'beta2',
    'clip',
    'seed',
  ]);
  expect(fieldsOf({ ...model, config: { ...model.config, heads: 3 } }, DEFAULT_RECIPE, tokens)).toEqual(['heads']);
});
test('reports a part of the text shorter than a window, with numbers', () => {
  const [found] = problems(model, DEFAULT_RECIPE, { train: 64, validation: 64 });
  expect(found).toEqual({
    field: 'text',
    message: 'The training set has 64 tokens; a context of 64 needs at least 65.',
  });
  expect(fieldsOf(model, DEFAULT_RECIPE, { train: 65, validation: 2 })).toEqual([]);
  expect(fieldsOf(model, DEFAULT_RECIPE, { train: 65, validation: 1 })).toEqual(['text']);
});

test('only a classifier trains on labels, and only on labels', () => {
  const own = modelSpec('bert').presets[0]!.config;
  const encoder = { id: 'bert', config: own, vocabulary: 300 } as const;
  const classifier = withClasses(encoder, { labels: ['a', 'b'], pooling: 'first' });
  const of = (choice: ModelChoice, objective: 'labels' | 'masked') =>
    problems(choice, { ...DEFAULT_RECIPE, objective }, { train: 1e6, validation: 1e6 }).map(({ message }) => message);
  expect(of(classifier, 'labels')).toEqual([]);
  expect(of(encoder, 'masked')).toEqual([]);
  expect(of(encoder, 'labels')).toEqual(['The model is not a classifier: it scores tokens, not labels.']);
  expect(of(classifier, 'masked')[0]).toMatch(/^The model is a classifier/);
});
