/** What training computes, in floating-point operations. */
import { type Trainable, partsOf } from '../adapters/trainable';
import { modelSpec } from '../models';
import { countParams } from '../models/spec';
import { type Recipe, tokensPerStep } from './recipe';
import type { ModelChoice } from './run';

/**
 * Forward and backward, a token. Recomputing does not count: it is not learning. What is frozen has no gradient of its own: of
 * the three products of a weight it has two.
 */
export function flopsPerToken({ id, config, vocabulary }: ModelChoice, trainable?: Trainable): number {
  const spec = modelSpec(id);
  const { own, added, trainableParams } = partsOf(spec.params(config, vocabulary), trainable);
  const frozen = countParams(own) + countParams(added) - countParams(trainableParams);
  return 3 * spec.flops(config, vocabulary) + 6 * countParams(added) - 2 * frozen;
}

/** Of a step. Recomputing takes a forward pass more. */
export function flopsPerStep(model: ModelChoice, recipe: Recipe, trainable?: Trainable): number {
  const { id, config, vocabulary } = model;
  const again = recipe.recompute ? modelSpec(id).flops(config, vocabulary) : 0;
  return tokensPerStep(recipe, config.context) * (flopsPerToken(model, trainable) + again);
}
