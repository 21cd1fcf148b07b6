import { expect, test } from 'vitest';
import { modelSpec } from '../../src/core/models';
import { countParams } from '../../src/core/models/spec';
import { type OptimizerId, OPTIMIZERS } from '../../src/core/optim';
import { signum } from '../../src/testing/toyOptimizer';
import { DEFAULT_RECIPE, type Recipe } from '../../src/core/train/recipe';
import { withClasses } from '../../src/core/models/classes';
import { initialProject } from '../../src/core/runs/project';
import { classifierOf } from '../../src/state/classifierPlan';
import { newRecipe } from './newRecipe';

const model = { id: 'gpt', config: { layers: 12, heads: 12, width: 768, context: 1024 }, vocabulary: 1024 } as const;
const { params } = modelSpec('gpt');
const made = (chosen: Partial<Recipe>): Recipe => newRecipe(chosen, model, 'causal', 'new');

test('the first optimizer keeps its rate; others have the rate of the app at this size', () => {
  Object.assign(OPTIMIZERS, { signum });
  expect(made({}).learningRate).toBe(0.001);
  expect(OPTIMIZERS.adamw.usualRate(countParams(params(model.config, 1024)))).toBeLessThan(0.001);
  expect(made({ optimizer: 'sgd' }).learningRate).toBe(0.1);
  expect(made({ optimizer: 'signum' as OptimizerId }).learningRate).toBe(0.0002);
});

test('a new classifier starts with the rate of its size, as in the app', () => {
  const classifier = withClasses(model, { labels: ['ham', 'spam'], pooling: 'last' });
  const { learningRate } = newRecipe({}, classifier, 'labels', 'new');
  expect(learningRate).toBeLessThan(DEFAULT_RECIPE.learningRate);
  const labels = { labels: ['ham', 'spam'], several: false, trained: 100, held: 10 };
  const planned = classifierOf(initialProject(), { model, isNew: true }, labels, {});
  expect(learningRate).toBe(planned.recipe.learningRate);
});

test('a chosen learning rate is used with every optimizer', () => {
  for (const optimizer of Object.keys(OPTIMIZERS) as OptimizerId[])
    expect(made({ optimizer, learningRate: 0.02 }).learningRate).toBe(0.02);
});

test('a short run warms up for a tenth of its steps, unless a warm-up is chosen', () => {
  expect(made({ steps: 2000 }).warmup).toBe(100);
  expect(made({ steps: 50 }).warmup).toBe(5);
  expect(made({ steps: 50, warmup: 51 }).warmup).toBe(51);
});
