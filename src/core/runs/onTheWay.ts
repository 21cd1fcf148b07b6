/** Which steps on the way a run keeps, as its settings and its budget have it. */
import { keptPlan, type KeptPlan } from '../checkpoint/plan';
import { modelSpec } from '../models';
import { countParams, sizeOf } from '../models/spec';
import { optimizerOf, stateOf } from '../optim';
import { rawSpecs } from '../train/averaging';
import type { Recipe } from '../train/recipe';
import type { ModelChoice } from '../train/run';

/** @param budget bytes that the run's saved steps may take */
export function keptOnTheWay({ id, config, vocabulary }: ModelChoice, recipe: Recipe, budget: number): KeptPlan {
  const params = modelSpec(id).params(config, vocabulary);
  const parameters = countParams(params);
  const weights = Object.entries(params);
  const besides = [...stateOf(optimizerOf(recipe.optimizer), weights).flat(), ...rawSpecs(recipe, weights)];
  const remembered = besides.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return keptPlan({ steps: recipe.steps, parameters, wholeBytes: 4 * (parameters + remembered), budget });
}
