import { expect, test } from 'vitest';
import { OPTIMIZERS, type OptimizerId } from '../optim';
import { loraOf } from '../../testing/tunedRuns';
import { changeable, DEFAULT_RECIPE } from '../train/recipe';
import { withSetting } from './setting';
import { usualTuningRate } from './tuningConfig';

const model = { id: 'gpt', config: { layers: 2, heads: 2, width: 32, context: 16 }, vocabulary: 257 } as const;

test("a run can continue with another optimizer, with that one's fields and default rate", () => {
  expect(changeable(DEFAULT_RECIPE)).toHaveProperty('optimizer');
  const sgd = withSetting({ model }, DEFAULT_RECIPE, 'optimizer', 'sgd');
  expect(sgd.learningRate).toBeGreaterThan(10 * DEFAULT_RECIPE.learningRate);
  expect(changeable(sgd)).toHaveProperty('momentum');
  expect(changeable(sgd)).not.toHaveProperty('beta1');
  const slower = withSetting({ model }, sgd, 'learningRate', 0.01);
  expect(slower).toEqual({ ...sgd, learningRate: 0.01 });
  expect(withSetting({ model }, slower, 'optimizer', 'sgd')).toEqual(slower);
});

test.each(Object.keys(OPTIMIZERS) as OptimizerId[])(
  "a tuning run that changes to %s gets its adapter's rate",
  (optimizer) => {
    const trainable = loraOf(model);
    const before = { ...DEFAULT_RECIPE, optimizer: optimizer === 'sgd' ? 'adamw' : 'sgd', learningRate: 0.5 } as const;
    const rateOf = (run: Parameters<typeof withSetting>[0]) =>
      withSetting(run, before, 'optimizer', optimizer).learningRate;
    const whole = rateOf({ model });
    expect(rateOf({ model, trainable })).toBe(usualTuningRate(model, trainable, optimizer));
    expect(rateOf({ model, trainable }) / whole).toBeGreaterThan(2);
    // Full fine-tuning.
    const parent = { runId: 'base', step: 1, how: 'fine-tune', name: 'base' } as const;
    expect(rateOf({ model, parent }) / whole).toBeLessThan(0.5);
  },
);
