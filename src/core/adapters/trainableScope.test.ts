import { expect, test } from 'vitest';
import { modelIds, modelSpec } from '../models';
import type { BaseConfig } from '../models/spec';
import { initialValues } from '../base/field';
import { weightsInScope } from './trainableScope';
import { trainableWords } from './words';

const gpt = modelSpec('gpt').params({ layers: 3, heads: 2, width: 8, context: 4 }, 300);

test('the last layers include the norm after them and the head, and nothing before them', () => {
  const last = weightsInScope({ what: 'last', layers: 2 }, gpt, 3)!;
  expect(last).toEqual(Object.keys(gpt).filter((name) => /\.h\.[12]\.|ln_f/.test(name)));
  const untied = modelSpec('gpt').params({ layers: 1, heads: 2, width: 8, context: 4, untied: true }, 300);
  expect(weightsInScope({ what: 'last', layers: 1 }, untied, 1)).toContain('lm_head.weight');
});

test.each(modelIds())('%s: scopes are subsets of the weights, in their order', (id) => {
  const config = { ...(initialValues(modelSpec(id).fields) as unknown as BaseConfig), layers: 2 };
  const table = modelSpec(id).params(config, 300);
  const names = Object.keys(table);
  expect(weightsInScope({ what: 'all' }, table, 2)).toBeUndefined();
  const norms = weightsInScope({ what: 'norms' }, table, 2)!;
  const last = weightsInScope({ what: 'last', layers: 1 }, table, 2)!;
  for (const some of [norms, last]) {
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThan(names.length);
    expect(some).toEqual(names.filter((name) => some.includes(name)));
  }
  expect(last.some((name) => /\.0\./.test(name) && !/\.1\./.test(name))).toBe(false);
  expect(trainableWords(table, { weights: norms })).toMatch(/^\d+ of \d+ tensors: [\d,]+ parameters, [\d.]+ % of all$/);
});

test('refuses more layers than the model has', () => {
  expect(() => weightsInScope({ what: 'last', layers: 4 }, gpt, 3)).toThrow(
    'The model has 3 layers, fewer than the last 4',
  );
});
