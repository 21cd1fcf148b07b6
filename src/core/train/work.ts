/** What training computes, in floating-point operations. */
import { type BaseConfig, countParams } from '../models/spec';
import { modelSpec } from '../models';
import { type Recipe, tokensPerStep } from './recipe';
import type { ModelChoice } from './run';

/** Forward and backward, a token: 6 N + 12 L C T (nanoGPT, model.py: estimate_mfu). */
export const flopsPerToken = (parameters: number, { layers, width, context }: BaseConfig): number =>
  6 * parameters + 12 * layers * width * context;

/** Of a step. A forward pass is a third of it; recomputing takes one more. */
export function flopsPerStep({ id, config, vocabulary }: ModelChoice, recipe: Recipe): number {
  const parameters = countParams(modelSpec(id).params(config, vocabulary));
  const forward = (tokensPerStep(recipe, config.context) * flopsPerToken(parameters, config)) / 3;
  return (recipe.recompute ? 4 : 3) * forward;
}
