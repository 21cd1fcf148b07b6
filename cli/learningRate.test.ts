import { expect, test } from 'vitest';
import { modelSpec } from '../src/core/models';
import { countParams } from '../src/core/models/spec';
import { type OptimizerId, OPTIMIZERS } from '../src/core/optim';
import { signum } from '../src/core/testing/toyOptimizer';
import { rateFlag, rateOf } from './learningRate';

const model = { id: 'gpt', config: { layers: 12, heads: 12, width: 768, context: 1024 }, vocabulary: 1024 } as const;
const { params } = modelSpec('gpt');

test('the first optimizer has the rate that it has always had; others the one that the app gives them at this size', () => {
  Object.assign(OPTIMIZERS, { signum });
  expect(rateOf(undefined, 'adamw', model)).toBe(0.001);
  expect(OPTIMIZERS.adamw.usualRate(countParams(params(model.config, 1024)))).toBeLessThan(0.001);
  expect(rateOf(undefined, 'sgd', model)).toBe(0.1);
  expect(rateOf(undefined, 'signum' as OptimizerId, model)).toBe(0.0002);
});
test('what is given is taken', () => {
  for (const optimizer of Object.keys(OPTIMIZERS) as OptimizerId[]) expect(rateOf(0.02, optimizer, model)).toBe(0.02);
});
test('the flag says so', () => {
  const { help, otherwise } = rateFlag();
  expect(help).toBe('Learning rate, at its peak; other optimizers than adamw have their own default');
  expect(otherwise).toBe('0.001');
});
