/** What training computes, in floating-point operations. */
import { modelSpec } from '../models';
import { type Recipe, tokensPerStep } from './recipe';
import type { ModelChoice } from './run';

/** Forward and backward, a token. Recomputing does not count: it is not learning. */
export const flopsPerToken = ({ id, config, vocabulary }: ModelChoice): number =>
  3 * modelSpec(id).flops(config, vocabulary);

/** Of a step. Recomputing takes a forward pass more. */
export function flopsPerStep({ id, config, vocabulary }: ModelChoice, recipe: Recipe): number {
  const forward = tokensPerStep(recipe, config.context) * modelSpec(id).flops(config, vocabulary);
  return (recipe.recompute ? 4 : 3) * forward;
}
