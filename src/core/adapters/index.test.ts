import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Field, fieldProblem, initialValues } from '../base/field';
import type { Parameter } from '../models/spec';
import { type AdapterId, adapterOf, ADAPTERS } from '.';

const NO_ADAPTERS = ['index', 'adapter', 'adapted', 'targetModules', 'trainableScope', 'mixed', 'trainable', 'words'];

test('every file of an adapter is in the list', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((name) => !name.endsWith('.test.ts'));
  const names = files.map((name) => name.replace('.ts', '')).filter((name) => !NO_ADAPTERS.includes(name));
  expect(Object.keys(ADAPTERS).sort()).toEqual(names.sort());
});

test.each(Object.keys(ADAPTERS) as AdapterId[])('%s has valid initial values, and distinct parameter names', (id) => {
  const { fields, params } = adapterOf(id);
  for (const [name, field] of Object.entries<Field>(fields)) {
    expect(fieldProblem(field, field.initial), name).toBeNull();
  }
  const weight: Parameter = { shape: [6, 4], init: 'zeros', group: 'Attention', decay: true, linear: true };
  const names = Object.keys(params(weight, initialValues(fields)));
  expect(names.length).toBeGreaterThan(0);
  expect(names).not.toContain('weight');
});
