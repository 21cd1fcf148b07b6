/** The card as it will be says what the file will. */
import { afterEach, expect, test } from 'vitest';
import type { TestStudio } from '../../core/testing/behindChannels';
import { goldenPage, STOPPED } from '../../core/testing/goldenPage';
import { recipeOf } from '../../core/runs/segments';
import { cardOf } from './CardPane';

let page: TestStudio;
afterEach(() => page.close());

test('it counts the tokens of each segment by the batches of that segment', async () => {
  page = await goldenPage(STOPPED);
  const { getState } = page.studio;
  const { record } = getState().opened[STOPPED]!;
  const { context } = record!.model.config;
  const recipe = recipeOf(record!);
  const [first] = record!.segments;
  const more = { ...first, after: 100, recipe: { ...recipe, batch: 10 * recipe.batch }, why: 'recipe' as const };
  getState().changeRun(STOPPED, (run) => ({ ...run, record: { ...record!, segments: [first, more] } }));
  const tokens = (100 + 20 * 10) * recipe.batch * recipe.accumulate * context;
  expect(cardOf(getState())).toContain(tokens.toLocaleString('en-US'));
});
