/** What training computes, in floating-point operations. */
import { type Trainable, partsOf } from '../adapters/trainable';
import { modelSpec } from '../models';
import { countParams, type ParamTable } from '../models/spec';
import { type OptimizerId, optimizerOf } from '../optim';
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

/** Of a step. Recomputing takes a forward pass more, and what the optimizer does is the same for any batch. */
export function flopsPerStep(model: ModelChoice, recipe: Recipe, trainable?: Trainable): number {
  const { id, config, vocabulary } = model;
  const { flops, params } = modelSpec(id);
  const again = recipe.recompute ? flops(config, vocabulary) : 0;
  const { trainableParams } = partsOf(params(config, vocabulary), trainable);
  const update = flopsPerUpdate(trainableParams, recipe.optimizer);
  return tokensPerStep(recipe, config.context) * (flopsPerToken(model, trainable) + again) + update;
}

/** Of an update of these weights, where it takes more than a few operations a number. */
export const flopsPerUpdate = (weights: ParamTable, optimizer: OptimizerId): number =>
  Object.values(weights).reduce((sum, weight) => sum + (optimizerOf(optimizer).flops?.(weight) ?? 0), 0);
