/** Changes one setting of a run's recipe, with the settings that depend on it. */
import type { Recipe, RecipeField } from '../train/recipe';
import { defaultLearningRate } from './defaultLearningRate';
import type { RunRecord } from './record';

/** A new optimizer sets its default rate; for a tuning run, that of its adapter or of full fine-tuning. */
export function withSetting(
  { model, trainable, parent }: Pick<RunRecord, 'model' | 'trainable' | 'parent'>,
  recipe: Recipe,
  name: RecipeField,
  value: string | number | boolean,
): Recipe {
  const changed: Recipe = { ...recipe, [name]: value };
  const { optimizer } = changed;
  if (optimizer === recipe.optimizer) return changed;
  const isTuned = trainable !== undefined || parent?.how === 'fine-tune';
  return { ...changed, learningRate: defaultLearningRate(model, optimizer, isTuned ? { trainable } : 'untuned') };
}
