import { expect, test } from 'vitest';
import { DEFAULT_RECIPE } from './recipe';
import { problems } from './problems';
import { fittedTo, shortTextWords } from './shortText';

const model = { id: 'gpt', config: { layers: 2, heads: 2, width: 16, context: 64 }, vocabulary: 300 } as const;
const tokens = { train: 50, validation: 6 };

test('a text shorter than the context shortens the context, and the report says why that matters', () => {
  const fitted = fittedTo(model, DEFAULT_RECIPE, tokens.train);
  expect(fitted.config).toEqual({ ...model.config, context: 49 });
  expect(problems(model, DEFAULT_RECIPE, tokens).map(({ field }) => field)).toEqual(['text']);
  expect(problems(fitted, DEFAULT_RECIPE, tokens)).toEqual([]);
  expect(shortTextWords(model, DEFAULT_RECIPE, tokens)).toMatch(
    /50 tokens.*from 64 to 49\..*memorize it, and 6 held-out tokens/,
  );
});

test('a text that is long enough, or too short for any context, changes nothing', () => {
  expect(fittedTo(model, DEFAULT_RECIPE, 65)).toBe(model);
  expect(shortTextWords(model, DEFAULT_RECIPE, { train: 65, validation: 7 })).toBeUndefined();
  expect(fittedTo(model, DEFAULT_RECIPE, 4)).toBe(model); // no architecture has a context of 3
  expect(problems(model, DEFAULT_RECIPE, { train: 4, validation: 2 }).map(({ field }) => field)).toEqual(['text']);
});
