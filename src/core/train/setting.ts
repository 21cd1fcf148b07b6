/** One setting of a recipe is changed, with what comes with it. */
import { countParams } from '../models/spec';
import { modelSpec } from '../models';
import { optimizerOf } from '../optim';
import type { Recipe, RecipeField } from './recipe';
import type { ModelChoice } from './run';

/** Another optimizer comes with the rate that a model of this size usually bears with it. */
export function withSetting(
  { id, config, vocabulary }: ModelChoice,
  recipe: Recipe,
  name: RecipeField,
  value: string | number | boolean,
): Recipe {
  const changed: Recipe = { ...recipe, [name]: value };
  if (changed.optimizer === recipe.optimizer) return changed;
  const { usualRate } = optimizerOf(changed.optimizer);
  return { ...changed, learningRate: usualRate(countParams(modelSpec(id).params(config, vocabulary))) };
}
