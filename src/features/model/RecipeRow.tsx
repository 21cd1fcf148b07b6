import { useStudio } from '../../state/react';
import { NumberField } from '../../ui';
import type { Findings } from './findings';
import type { Facts, RecipeField } from './recipeFields';

/** One number of the recipe, marked where the config doctor stops at it or questions it. */
export function RecipeRow({ field, facts, findings }: { field: RecipeField; facts: Facts; findings: Findings }) {
  const recipe = useStudio((s) => s.project.recipe);
  const setRecipe = useStudio((s) => s.setRecipe);
  const { key, label, min, max, step, isWhole, unit, hint } = field;
  return (
    <NumberField
      label={label}
      value={recipe[key]}
      onChange={(value) => setRecipe({ [key]: value })}
      min={min}
      max={max}
      step={step}
      isWhole={isWhole}
      error={findings.stop(key)}
      isCautioned={findings.isCautioned(key)}
      {...(unit && { unit })}
      {...(hint && { hint: hint(recipe, facts) })}
    />
  );
}
