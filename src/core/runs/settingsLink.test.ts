import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Field, Fields } from '../base/field';
import { modelIds, modelSpec } from '../models';
import { sizesOf, usualConfig } from '../models/spec';
import { OBJECTIVES } from '../objectives';
import { OPTIMIZERS } from '../optim';
import { propertyRuns } from '../../testing/propertyRuns';
import { DEFAULT_RECIPE, fieldsOf, type Recipe } from '../train/recipe';
import { queryOf, settingsIn } from './settingsLink';

const valueOf = (field: Field): fc.Arbitrary<unknown> => {
  switch (field.kind) {
    case 'whole':
      return fc.integer({ min: Math.ceil(field.min), max: Math.min(field.max, 2 ** 30) });
    case 'real':
      return fc.double({ min: field.min, max: field.max, noNaN: true });
    case 'choice':
      return fc.constantFrom(...Object.keys(field.of));
    case 'switch':
      return fc.boolean();
    case 'text':
      return fc.string({ maxLength: field.maxLength });
  }
};
const valuesOf = (fields: Fields) =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valueOf(field)])));
const choosing = fc.record({
  objective: fc.constantFrom(...(Object.keys(OBJECTIVES) as Recipe['objective'][])),
  optimizer: fc.constantFrom(...(Object.keys(OPTIMIZERS) as Recipe['optimizer'][])),
});
const recipes = choosing.chain((chosen) =>
  valuesOf(fieldsOf({ ...DEFAULT_RECIPE, ...chosen }) as Fields).map((values) => ({
    ...DEFAULT_RECIPE,
    ...values,
    ...chosen,
    schedule: DEFAULT_RECIPE.schedule,
  })),
);
const models = fc
  .constantFrom(...modelIds())
  .chain((id) => fc.constantFrom(...modelSpec(id).presets).map(({ config }) => ({ id, config })));
const tokenizers = fc.oneof(
  fc.integer({ min: 257, max: 1_000_000 }).map((vocabulary) => ({ kind: 'bpe' as const, vocabulary })),
  fc.constantFrom('bytes' as const, 'characters' as const).map((kind) => ({ kind, vocabulary: 1024 })),
);

test('a link has the sizes, tokenizer and recipe, but nothing of the text or the device', () => {
  fc.assert(
    fc.property(models, tokenizers, recipes, (model, tokenizer, recipe) => {
      const query = queryOf({ model, tokenizer, recipe });
      const found = settingsIn(`https://example.org/model#${query}`);
      expect(found.tokenizer).toEqual(tokenizer);
      expect(found.model).toEqual({ id: model.id, config: usualConfig(modelSpec(model.id), sizesOf(model.config)) });
      const { samplePrompt, replay, recompute } = DEFAULT_RECIPE;
      expect(found.recipe).toEqual({ ...recipe, samplePrompt, replay, recompute });
      expect(queryOf(found)).toBe(query);
    }),
    { numRuns: propertyRuns(200) },
  );
});

test('a link is short and readable where settings have their defaults', () => {
  const { config } = modelSpec('gpt').presets[0]!;
  const query = queryOf({
    model: { id: 'gpt', config },
    tokenizer: { kind: 'bpe', vocabulary: 1024 },
    recipe: DEFAULT_RECIPE,
  });
  expect(query).toMatch(/^model=gpt&layers=\d+&heads=\d+&width=\d+&/);
  expect(query).toMatch(/tokenizer=bpe:1024&.*steps=2000/);
  expect(query).not.toContain('dropout=');
});

test('any text gives settings or a typed error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webQueryParameters()), (link) => {
      try {
        settingsIn(link);
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-settings' });
      }
    }),
    { numRuns: propertyRuns(300) },
  );
});

test.each([
  ['', /names no model/],
  ['model=gpu', /unknown model gpu/],
  ['model=gpt', /names no tokenizer/],
  ['model=gpt&tokenizer=bpe', /has tokenizer=bpe: use characters, bytes, or bpe:257 to/],
  ['model=gpt&tokenizer=bpe:99', /has tokenizer=bpe:99/],
  ['model=gpt&tokenizer=bytes&layers=1&layers=2', /has layers twice/],
  ['model=gpt&tokenizer=bytes&speed=2', /unknown setting speed/],
  ['model=gpt&tokenizer=bytes&sample-prompt=a', /unknown setting sample-prompt/],
  ['model=gpt&tokenizer=bytes&steps=%', /has steps=%, which isn't encoded/],
  ['model=gpt&tokenizer=bytes&steps=ten', /has steps=ten: /],
  ['model=gpt&tokenizer=bytes&steps=', /has steps=: /],
  ['model=gpt&tokenizer=bytes&heads=3&width=64', /can't run: /],
  ['model=gpt&tokenizer=bytes&__proto__=1', /unknown setting __proto__/],
])('refuses %s by name', (link, words) => {
  expect(() => settingsIn(link)).toThrow(words);
});
