/** Compute of training, in floating-point operations. */
import { type Trainable, partsOf } from '../adapters/trainable';
import { modelSpec } from '../models';
import { countParams, type ParamTable } from '../models/spec';
import { type OptimizerId, optimizerOf } from '../optim';
import { type Recipe, tokensPerStep } from './recipe';
import type { ModelChoice } from './run';

/**
 * Operations per token, forward and backward, without recomputation. A frozen weight has no gradient, so it takes two
 * of the three matrix products.
 */
export function flopsPerToken({ id, config, vocabulary }: ModelChoice, trainable?: Trainable): number {
  const spec = modelSpec(id);
  const { own, added, trainableParams } = partsOf(spec.params(config, vocabulary), trainable);
  const frozen = countParams(own) + countParams(added) - countParams(trainableParams);
  return 3 * spec.flops(config, vocabulary) + 6 * countParams(added) - 2 * frozen;
}

/** Operations per step. Recomputation adds a forward pass; the optimizer's work doesn't depend on the batch. */
export function flopsPerStep(model: ModelChoice, recipe: Recipe, trainable?: Trainable): number {
  const { id, config, vocabulary } = model;
  const { flops, params } = modelSpec(id);
  const recomputedFlops = recipe.recompute ? flops(config, vocabulary) : 0;
  const { trainableParams } = partsOf(params(config, vocabulary), trainable);
  const update = flopsPerUpdate(trainableParams, recipe.optimizer);
  return tokensPerStep(recipe, config.context) * (flopsPerToken(model, trainable) + recomputedFlops) + update;
}

/** Operations per update of these weights, counted only for optimizers that need more than a few per weight. */
export const flopsPerUpdate = (weights: ParamTable, optimizer: OptimizerId): number =>
  Object.values(weights).reduce((sum, weight) => sum + (optimizerOf(optimizer).flops?.(weight) ?? 0), 0);
