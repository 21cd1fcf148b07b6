import { expect, test } from 'vitest';
import { modelSpec } from '../../src/core/models';
import { countParams } from '../../src/core/models/spec';
import { type OptimizerId, OPTIMIZERS } from '../../src/core/optim';
import { signum } from '../../src/testing/toyOptimizer';
import { DEFAULT_RECIPE, type Recipe } from '../../src/core/train/recipe';
import { withClasses } from '../../src/core/models/classes';
import { ofSteps } from '../../src/core/plan/plan';
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

test('a run warms up for at most a tenth of its steps, as a plan and a classifier, unless a warm-up is chosen', () => {
  const labels = { labels: ['ham', 'spam'], several: false, held: 10 };
  for (const steps of [8, 55, 400, 2000]) {
    const warmup = Math.min(100, Math.floor(steps / 10));
    expect(made({ steps }).warmup).toBe(warmup);
    expect(ofSteps(DEFAULT_RECIPE, steps, 60, 0.1).warmup).toBe(warmup);
    const project = initialProject();
    const { tuning } = project;
    const recipe = { ...tuning.classify.recipe, warmup: 100, batch: 4 };
    const classify = { ...tuning.classify, recipe, passes: 1 };
    const planned = classifierOf({ ...project, tuning: { ...tuning, classify } }, { model, isNew: true }, { ...labels, trained: 4 * steps }, {}); // prettier-ignore
    expect(planned.recipe).toMatchObject({ steps, warmup });
  }
  expect(made({ steps: 50, warmup: 51 }).warmup).toBe(51);
});
