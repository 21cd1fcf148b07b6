import { expect, test } from 'vitest';
import { changeable, DEFAULT_RECIPE } from './recipe';
import { withSetting } from './setting';

const model = { id: 'gpt', config: { layers: 2, heads: 2, width: 32, context: 16 }, vocabulary: 257 } as const;

test('a run can go on with another optimizer, which comes with its own fields and its usual rate', () => {
  expect(changeable(DEFAULT_RECIPE)).toHaveProperty('optimizer');
  const sgd = withSetting(model, DEFAULT_RECIPE, 'optimizer', 'sgd');
  expect(sgd.learningRate).toBeGreaterThan(10 * DEFAULT_RECIPE.learningRate);
  expect(changeable(sgd)).toHaveProperty('momentum');
  expect(changeable(sgd)).not.toHaveProperty('beta1');
  const slower = withSetting(model, sgd, 'learningRate', 0.01);
  expect(slower).toEqual({ ...sgd, learningRate: 0.01 });
  expect(withSetting(model, slower, 'optimizer', 'sgd')).toEqual(slower);
});
