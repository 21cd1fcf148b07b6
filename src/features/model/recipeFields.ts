/** Rows of the training form, from the recipe's fields. */
import type { Field } from '../../core/base/field';
import { formatCount, formatNumber } from '../../core/base/units';
import { objectiveOf } from '../../core/objectives';
import { optimizerOf } from '../../core/optim';
import { fieldsOf, type Recipe, type RecipeField } from '../../core/train/recipe';

/** Inputs of the hints, in addition to the recipe. */
export interface Facts {
  tokensPerStep: number;
  /** Number of epochs over the training text. */
  epochs: number | undefined;
}

/** Names of the main or the advanced fields; among the advanced ones, the optimizer's are last. */
export function fieldNames(recipe: Recipe, row: NonNullable<Field['row']>): readonly RecipeField[] {
  const optimizerFields = optimizerOf(recipe.optimizer).fields;
  const fields = Object.entries(fieldsOf(recipe)).filter(([, field]) => field.row === row);
  const names = fields.map(([name]) => name as RecipeField);
  if (row === 'main') return names; // main fields follow the choice of optimizer
  return [...names.filter((name) => !(name in optimizerFields)), ...names.filter((name) => name in optimizerFields)];
}

/** Hints on the effect of the current value. They replace the field's hint. */
export const EFFECT_HINTS: Partial<Record<RecipeField, (recipe: Recipe, facts: Facts) => string | undefined>> = {
  steps: (_, { epochs }) =>
    epochs === undefined
      ? undefined
      : `${epochs < 9.5 ? formatNumber(Number(epochs.toPrecision(2))) : formatCount(epochs)} epochs`,
  samplePrompt: ({ objective }) => objectiveOf(objective).shows.prompt,
  accumulate: ({ accumulate, batch }) =>
    accumulate === 1 ? 'larger batches in the same memory' : `${formatCount(accumulate * batch)} rows per update`,
};
