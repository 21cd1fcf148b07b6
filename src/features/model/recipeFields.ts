/** The rows of the training form, from the recipe's own statement. */
import type { Field } from '../../core/base/field';
import { formatCount, formatNumber } from '../../core/base/units';
import { objectiveOf } from '../../core/objectives';
import { optimizerOf } from '../../core/optim';
import { fieldsOf, type Recipe, type RecipeField } from '../../core/train/recipe';

/** What hints may mention besides the recipe. */
export interface Facts {
  tokensPerStep: number;
  /** Times that the text is read. */
  epochs: number | undefined;
}

/** What is always shown, or what is seldom changed: the recipe's own first, then the optimizer's. */
export function rowsOf(recipe: Recipe, row: NonNullable<Field['row']>): readonly RecipeField[] {
  const own = optimizerOf(recipe.optimizer).fields;
  const shown = Object.entries(fieldsOf(recipe)).filter(([, field]) => field.row === row);
  const names = shown.map(([name]) => name as RecipeField);
  if (row === 'main') return names; // there they follow the choice of it
  return [...names.filter((name) => !(name in own)), ...names.filter((name) => name in own)];
}

/** Hints that tell a consequence of the value, in place of the field's own. */
export const CONSEQUENCES: Partial<Record<RecipeField, (recipe: Recipe, facts: Facts) => string | undefined>> = {
  steps: (_, { epochs }) =>
    epochs === undefined
      ? undefined
      : `${epochs < 9.5 ? formatNumber(Number(epochs.toPrecision(2))) : formatCount(epochs)} epochs`,
  batch: (_, { tokensPerStep }) => `${formatCount(tokensPerStep)} tokens a step`,
  clip: ({ clip }) => (clip === 0 ? 'no clipping' : undefined),
  dropout: ({ dropout }) => (dropout === 0 ? 'nothing is left out' : `leaves out ${formatNumber(100 * dropout)} %`),
  attentionDropout: ({ attentionDropout: share }) =>
    share === 0 ? 'no attention is left out' : `leaves out ${formatNumber(100 * share)} % of attention`,
  samplePrompt: ({ objective }) => objectiveOf(objective).shows.prompt,
  accumulate: ({ accumulate, batch }) =>
    accumulate === 1
      ? 'above 1, a larger batch in the same memory'
      : `each update learns from ${formatCount(accumulate * batch)} rows`,
};
