import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Field, fieldProblem, type Fields } from '../base/field';
import { RECIPE } from '../train/recipe';
import { OPTIMIZERS, stateName, stateOf } from '.';
import type { Optimizer } from './optimizer';

const NO_OPTIMIZERS = ['index', 'optimizer', 'schedule'];
const each = Object.entries(OPTIMIZERS) as [string, Optimizer][];

test('every file of an optimizer is in the list', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((name) => !name.endsWith('.test.ts'));
  const names = files.map((name) => name.replace('.ts', '')).filter((name) => !NO_OPTIMIZERS.includes(name));
  expect(Object.keys(OPTIMIZERS).sort()).toEqual(names.sort());
});

test('a field name has one definition across optimizers, and differs from other recipe fields', () => {
  const stated = new Map<string, Field>();
  for (const [, { fields }] of each) {
    for (const [name, field] of Object.entries(fields)) {
      expect(stated.get(name) ?? field, name).toBe(field);
      stated.set(name, field);
      expect((RECIPE as Fields)[name], name).toBe(field);
    }
  }
});

test('every setting has an initial value within its bounds', () => {
  for (const [name, field] of Object.entries(RECIPE)) expect(fieldProblem(field, field.initial), name).toBeNull();
});

test.each(each)(
  '%s declares its state for every weight, its names in PyTorch and its usual learning rate',
  (_, stated) => {
    const weights = { matrix: { shape: [2, 3], linear: true as const }, bias: { shape: [3] } };
    const kinds = stateOf(stated, Object.entries(weights));
    const names = kinds.flat().map(stateName);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(weights).some((name) => names.includes(name))).toBe(false);
    if (stated.torch) {
      const { moments, ofMatrices = {} } = stated.torch;
      expect(Object.keys({ ...ofMatrices, ...moments })).toEqual(kinds.map(([first]) => first!.name));
      expect(Object.values(stated.torch.arguments).flat().sort()).toEqual(Object.keys(stated.fields).sort());
    }
    for (const parameters of [1e4, 1e6, 1e9]) {
      expect(fieldProblem(RECIPE.learningRate, stated.usualRate(parameters))).toBeNull();
    }
  },
);
