/** Rows of the training form, from the recipe's fields. */
import type { Field } from '../../core/base/field';
import { formatCount, formatNumber } from '../../core/base/units';
import { objectiveOf } from '../../core/objectives';
import { optimizerOf } from '../../core/optim';
import { fieldsOf, type Recipe, type RecipeField } from '../../core/train/recipe';

/** Inputs for hints, besides the recipe. */
export interface Facts {
  tokensPerStep: number;
  /** Number of epochs over the training text. */
  epochs: number | undefined;
}

/** Fields of the main or the advanced part: the recipe's first, then the optimizer's. */
export function rowsOf(recipe: Recipe, row: NonNullable<Field['row']>): readonly RecipeField[] {
  const own = optimizerOf(recipe.optimizer).fields;
  const shown = Object.entries(fieldsOf(recipe)).filter(([, field]) => field.row === row);
  const names = shown.map(([name]) => name as RecipeField);
  if (row === 'main') return names; // main fields follow the choice of optimizer
  return [...names.filter((name) => !(name in own)), ...names.filter((name) => name in own)];
}

/** Hints on the effect of a value, which replace the field's own. */
export const CONSEQUENCES: Partial<Record<RecipeField, (recipe: Recipe, facts: Facts) => string | undefined>> = {
  steps: (_, { epochs }) =>
    epochs === undefined
      ? undefined
      : `${epochs < 9.5 ? formatNumber(Number(epochs.toPrecision(2))) : formatCount(epochs)} epochs`,
  samplePrompt: ({ objective }) => objectiveOf(objective).shows.prompt,
  accumulate: ({ accumulate, batch }) =>
    accumulate === 1 ? 'larger batches in the same memory' : `${formatCount(accumulate * batch)} rows per update`,
};
