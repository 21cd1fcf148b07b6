import { expect, test } from 'vitest';
import { recommendedRecipe } from '../../../core/documents/clean/recipe';
import { historyOf } from './useRecipe';

const [before, mine, theirs] = ['before', 'mine', 'theirs'].map((name) => ({ ...recommendedRecipe(), name })) as [
  ReturnType<typeof recommendedRecipe>,
  ReturnType<typeof recommendedRecipe>,
  ReturnType<typeof recommendedRecipe>,
];
const history = { of: 'first', now: mine, past: [before], future: [theirs], part: '0.least' };

test('undoes a change from another tab separately from changes made here', () => {
  expect(historyOf('first', history, { ...mine })).toMatchObject({ past: [before], future: [theirs], part: '0.least' });
  expect(historyOf('first', history, theirs)).toEqual({ past: [before, mine], future: [], part: undefined });
  expect(historyOf('second', history, mine)).toEqual({ past: [], future: [], part: undefined });
});
