import { Fragment } from 'react';
import type { Field } from '../../core/base/field';
import { RECIPE, type RecipeField } from '../../core/train/recipe';
import { useStudio } from '../../state/react';
import { FieldRow } from '../../ui';
import { BatchTokens } from './BatchTokens';
import type { Findings } from './findings';
import { EFFECT_HINTS, type Facts, fieldNames } from './recipeFields';

interface RowContext {
  facts: Facts;
  findings: Findings;
}

/** Main or advanced fields of the recipe. */
export function RecipeRows({ row, ...context }: RowContext & { row: NonNullable<Field['row']> }) {
  const recipe = useStudio((s) => s.project.recipe);
  return fieldNames(recipe, row).map((name) => (
    <Fragment key={name}>
      <RecipeRow name={name} {...context} />
      {name === 'batch' && <BatchTokens />}
    </Fragment>
  ));
}

/** Recipe setting, marked if the config doctor reports an error or a warning. */
export function RecipeRow({ name, facts, findings }: RowContext & { name: RecipeField }) {
  const recipe = useStudio((s) => s.project.recipe);
  const setRecipe = useStudio((s) => s.setRecipe);
  return (
    <FieldRow
      field={RECIPE[name]}
      value={recipe[name]}
      onChange={(value) => setRecipe({ [name]: value })}
      hint={EFFECT_HINTS[name]?.(recipe, facts)}
      error={findings.stop(name)}
      isCautioned={findings.isCautioned(name)}
    />
  );
}
