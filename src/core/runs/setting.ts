/** Changes one setting of a run's recipe, with the settings that depend on it. */
import { paramsOf } from '../models';
import { countParams } from '../models/spec';
import { optimizerOf } from '../optim';
import type { Recipe, RecipeField } from '../train/recipe';
import type { RunRecord } from './record';
import { usualTuningRate } from './tuningConfig';

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
  const learningRate = isTuned
    ? usualTuningRate(model, trainable, optimizer)
    : optimizerOf(optimizer).usualRate(countParams(paramsOf(model)));
  return { ...changed, learningRate };
}
