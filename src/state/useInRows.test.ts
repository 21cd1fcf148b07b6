import { expect, test } from 'vitest';
import { objectiveOf } from '../core/objectives';
import { DEFAULT_RECIPE, RECIPE, type RecipeField } from '../core/train/recipe';
import { settingsInRows } from './useInRows';

test('rows are requested again only if the objective or one of its settings changes', () => {
  const recipe = { ...DEFAULT_RECIPE, objective: 'spanCorruption' } as const;
  const known = settingsInRows(recipe);
  expect(settingsInRows({ ...recipe })).toBe(known);
  const own: readonly string[] = ['objective', ...Object.keys(objectiveOf(recipe.objective).fields)];
  expect(own).toContain('spanLength');
  for (const name of Object.keys(RECIPE) as RecipeField[]) {
    const changed = settingsInRows({ ...recipe, [name]: name === 'objective' ? 'prefix' : 7 });
    expect(changed !== known, name).toBe(own.includes(name));
  }
});
