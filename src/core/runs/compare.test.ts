import { expect, test } from 'vitest';
import { DEFAULT_RECIPE, fieldsOf, RECIPE } from '../train/recipe';
import { differences, type Made, SETTINGS, settingsThatDiffer } from './compare';

const baseline: Made = {
  model: { id: 'gpt', config: { layers: 4, heads: 4, width: 192, context: 128 }, vocabulary: 2048 },
  tokenizer: { key: 'bpe 2048', words: 'BPE 2,048' },
  recipe: DEFAULT_RECIPE,
  data: { key: 'whale', words: 'moby-dick.txt' },
};
const ids = (runs: readonly Made[]): readonly string[] => settingsThatDiffer(runs).differ.map(({ id }) => id);

test('compares every setting of the recipe, and every size of every model, once', () => {
  const all = SETTINGS.map(({ id }) => id);
  expect(new Set(all).size).toBe(all.length);
  for (const name of Object.keys(RECIPE)) expect(all).toContain(`recipe.${name}`);
  for (const name of ['layers', 'heads', 'width', 'context']) expect(all).toContain(`model.${name}`);
});

test('counts settings equal in all runs, and names different ones, in the order of the forms', () => {
  const { differ, same } = settingsThatDiffer([baseline, baseline]);
  expect(differ).toEqual([]);
  // Model, four sizes, output layer, tokenizer and text; from the recipe, settings that matter for this optimizer.
  expect(same).toBe(8 + Object.keys(fieldsOf(DEFAULT_RECIPE)).length);
  const runs: Made[] = [
    baseline,
    { ...baseline, recipe: { ...DEFAULT_RECIPE, dropout: 0.3 } },
    { ...baseline, model: { ...baseline.model, config: { ...baseline.model.config, width: 96 } } },
    { ...baseline, tokenizer: { key: 'bytes 257', words: 'Bytes 257' } },
  ];
  expect(ids(runs)).toEqual(['model.width', 'tokenizer', 'recipe.dropout']);
  expect(settingsThatDiffer(runs).same).toBe(same - 3);
  expect(ids([])).toEqual([]);
});

test('texts with the same name differ by content', () => {
  expect(ids([baseline, { ...baseline, data: { key: 'shark', words: 'moby-dick.txt' } }])).toEqual(['data']);
});

test("shows another optimizer's own settings as missing where this one lacks them", () => {
  const sgd: Made = { ...baseline, recipe: { ...DEFAULT_RECIPE, optimizer: 'sgd' } };
  const found = differences(baseline, sgd);
  expect(found.map(({ setting }) => setting.id)).toContain('recipe.optimizer');
  const own = found.find(({ setting }) => setting.id === 'recipe.beta1');
  expect(own).toMatchObject({ before: DEFAULT_RECIPE.beta1, after: undefined });
});

test('unknown settings make no difference, but known ones do', () => {
  const stranger: Made = { ...baseline, model: { ...baseline.model, id: 'gpt', vocabulary: 50_257 }, recipe: null };
  expect(ids([baseline, { ...stranger, data: null }])).toEqual([]);
  expect(ids([baseline, { ...stranger, tokenizer: { key: 'bpe 50257', words: 'BPE 50,257' } }])).toEqual(['tokenizer']);
  const faster: Made = { ...baseline, recipe: { ...DEFAULT_RECIPE, learningRate: 0.01 } };
  const rate = settingsThatDiffer([baseline, stranger, faster]).differ;
  expect(rate.map((setting) => setting.of(stranger))).toEqual([undefined]);
});
