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

test('every setting of the recipe, and every size of every model, is compared once', () => {
  const all = SETTINGS.map(({ id }) => id);
  expect(new Set(all).size).toBe(all.length);
  for (const name of Object.keys(RECIPE)) expect(all).toContain(`recipe.${name}`);
  for (const name of ['layers', 'heads', 'width', 'context']) expect(all).toContain(`model.${name}`);
});

test('what is the same in every run is counted, and what differs in one is named, in the order of the forms', () => {
  const { differ, same } = settingsThatDiffer([baseline, baseline]);
  expect(differ).toEqual([]);
  // Model, four sizes, classifier, tokenizer and text; of the recipe what counts for this optimizer.
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

test('texts of one name differ by what is in them', () => {
  expect(ids([baseline, { ...baseline, data: { key: 'shark', words: 'moby-dick.txt' } }])).toEqual(['data']);
});

test('what another optimizer has of its own is not compared with what this one does not have but as missing', () => {
  const sgd: Made = { ...baseline, recipe: { ...DEFAULT_RECIPE, optimizer: 'sgd' } };
  const found = differences(baseline, sgd);
  expect(found.map(({ setting }) => setting.id)).toContain('recipe.optimizer');
  const own = found.find(({ setting }) => setting.id === 'recipe.beta1');
  expect(own).toMatchObject({ before: DEFAULT_RECIPE.beta1, after: undefined });
});

test('unknown settings make no difference, and known ones do', () => {
  const stranger: Made = { ...baseline, model: { ...baseline.model, id: 'gpt', vocabulary: 50_257 }, recipe: null };
  expect(ids([baseline, { ...stranger, data: null }])).toEqual([]);
  expect(ids([baseline, { ...stranger, tokenizer: { key: 'bpe 50257', words: 'BPE 50,257' } }])).toEqual(['tokenizer']);
  const faster: Made = { ...baseline, recipe: { ...DEFAULT_RECIPE, learningRate: 0.01 } };
  const rate = settingsThatDiffer([baseline, stranger, faster]).differ;
  expect(rate.map((setting) => setting.of(stranger))).toEqual([undefined]);
});
