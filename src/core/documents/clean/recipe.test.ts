import { expect, test } from 'vitest';
import { NO_RECIPE, readRecipe, recipeHash, recipeJson, recommendedRecipe, stepOf } from './recipe';

test('a recipe survives a round trip, and missing settings get initial values', () => {
  const recipe = recommendedRecipe();
  expect(recipe.steps.length).toBeGreaterThan(0);
  for (const one of [recipe, NO_RECIPE, { ...recipe, steps: [stepOf('length', { least: 7 })], kept: ['a'.repeat(64)] }])
    expect(readRecipe('recipe.json', recipeJson(one))).toEqual(one);
  const short = '{"version": 1, "name": "mine", "steps": [{"rule": "length"}]}';
  expect(readRecipe('recipe.json', short)).toEqual({ version: 1, name: 'mine', steps: [stepOf('length')], kept: [] });
});

test('the hash depends on rules, settings, order and kept documents only', async () => {
  const [a, b] = [stepOf('whiteSpace'), stepOf('length')];
  const recipe = { version: 1, name: 'a', steps: [a, b], kept: [] } as const;
  const same = await recipeHash(recipe);
  expect(await recipeHash({ ...recipe, name: 'b' })).toBe(same);
  expect(await recipeHash({ ...recipe, steps: [a, { ...a, isOn: false }, b] })).toBe(same);
  for (const other of [
    { ...recipe, steps: [b, a] },
    { ...recipe, steps: [a] },
    { ...recipe, steps: [a, stepOf('length', { least: 3 })] },
    { ...recipe, kept: ['a'.repeat(64)] },
  ])
    expect(await recipeHash(other)).not.toBe(same);
});

test.each([
  ['no JSON', 'steps', /my\.json is not a recipe: it isn't valid JSON/],
  ['no recipe', '[]', /my\.json is not a (valid )?recipe/],
  [
    'a rule that there is not',
    '{"version":1,"name":"a","steps":[{"rule":"polish"}]}',
    /at steps 1 rule, this version has no rule "polish"\./,
  ],
  [
    'a setting that there is not',
    '{"version":1,"name":"a","steps":[{"rule":"length","settings":{"shortest":1}}]}',
    /length has no setting shortest/,
  ],
  [
    'a value out of bounds',
    '{"version":1,"name":"a","steps":[{"rule":"length"},{"rule":"length","settings":{"least":-1}}]}',
    /at steps 2, least of length can't be -1/,
  ],
])('reports %s with its place', (_, text, said) => {
  expect(() => readRecipe('my.json', text)).toThrow(said);
});

test('reports a recipe of a newer version', () => {
  expect(() => readRecipe('my.json', '{"version":2,"name":"a","steps":[]}')).toThrow(/version 2/);
});
