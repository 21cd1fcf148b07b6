import { expect, test } from 'vitest';
import { initialValues } from '../base/field';
import { modelIds, modelSpec } from '../models';
import type { BaseConfig } from '../models/spec';
import { targetsOf, layersIn } from './targetModules';
import { linearWeights } from './trainable';

test.each(modelIds())('%s: attention and each named layer are subsets of all, in the same order', (id) => {
  const config = { ...(initialValues(modelSpec(id).fields) as unknown as BaseConfig), layers: 2 };
  const table = modelSpec(id).params(config, 300);
  const all = targetsOf({ what: 'all' }, table);
  expect(all).toEqual(linearWeights(table));
  const attention = targetsOf({ what: 'attention' }, table);
  expect(attention.length).toBeGreaterThan(0);
  expect(attention.length).toBeLessThan(all.length);
  expect(attention).toEqual(all.filter((name) => attention.includes(name)));
  expect(targetsOf({ what: 'named', targets: layersIn(table) }, table)).toEqual(all);
  for (const layer of layersIn(table))
    expect(targetsOf({ what: 'named', targets: [layer] }, table).length).toBeGreaterThan(0);
});

test('refuses an unknown name, and lists the known ones', () => {
  const gpt = modelSpec('gpt').params({ layers: 1, heads: 2, width: 8, context: 4 }, 300);
  expect(targetsOf({ what: 'named', targets: ['c_proj'] }, gpt)).toEqual([
    'transformer.h.0.attn.c_proj.weight',
    'transformer.h.0.mlp.c_proj.weight',
  ]);
  expect(() => targetsOf({ what: 'named', targets: ['q_proj'] }, gpt)).toThrow('no target module called q_proj');
});
