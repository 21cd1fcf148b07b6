/** Plans which intermediate checkpoints a run keeps, from its settings and budget. */
import { partsOf, type Trainable } from '../adapters/trainable';
import { keptPlan, type KeptPlan } from '../checkpoint/plan';
import { paramsOf } from '../models';
import { countParams, sizeOf } from '../models/spec';
import { optimizerOf, stateOf } from '../optim';
import { rawSpecs } from '../train/averaging';
import type { Recipe } from '../train/recipe';
import type { ModelChoice } from '../train/run';

/** @param budget maximum bytes of the run's saved steps */
export function intermediateCheckpoints(
  model: ModelChoice,
  recipe: Recipe,
  budget: number,
  trainable?: Trainable,
): KeptPlan {
  const params = partsOf(paramsOf(model), trainable).trainableParams;
  const parameters = countParams(params);
  const weights = Object.entries(params);
  const optimizerTensors = [...stateOf(optimizerOf(recipe.optimizer), weights).flat(), ...rawSpecs(recipe, weights)];
  const optimizerSize = optimizerTensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return keptPlan({ steps: recipe.steps, parameters, wholeBytes: 4 * (parameters + optimizerSize), budget });
}
