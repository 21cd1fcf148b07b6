import { Fragment } from 'react';
import type { Field } from '../../core/base/field';
import { RECIPE, type RecipeField } from '../../core/train/recipe';
import { useStudio } from '../../state/react';
import { FieldRow } from '../../ui';
import { BatchTokens } from './BatchTokens';
import type { Findings } from './findings';
import { CONSEQUENCES, type Facts, rowsOf } from './recipeFields';

interface Marks {
  facts: Facts;
  findings: Findings;
}

/** Main or advanced fields of the recipe. */
export function RecipeRows({ row, ...marks }: Marks & { row: NonNullable<Field['row']> }) {
  const recipe = useStudio((s) => s.project.recipe);
  return rowsOf(recipe, row).map((name) => (
    <Fragment key={name}>
      <RecipeRow name={name} {...marks} />
      {name === 'batch' && <BatchTokens />}
    </Fragment>
  ));
}

/** Recipe setting, marked if the config doctor reports an error or a warning. */
export function RecipeRow({ name, facts, findings }: Marks & { name: RecipeField }) {
  const recipe = useStudio((s) => s.project.recipe);
  const setRecipe = useStudio((s) => s.setRecipe);
  return (
    <FieldRow
      field={RECIPE[name]}
      value={recipe[name]}
      onChange={(value) => setRecipe({ [name]: value })}
      hint={CONSEQUENCES[name]?.(recipe, facts)}
      error={findings.stop(name)}
      isCautioned={findings.isCautioned(name)}
    />
  );
}
