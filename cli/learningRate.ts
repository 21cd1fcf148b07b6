/** --learning-rate: with the first optimizer what it has always been, and with another what is usual there. */
import { modelSpec } from '../src/core/models';
import type { ModelChoice } from '../src/core/models/network';
import { countParams } from '../src/core/models/spec';
import { type OptimizerId, optimizerOf } from '../src/core/optim';
import { DEFAULT_RECIPE, RECIPE } from '../src/core/train/recipe';
import { helpOf } from './fields';

export function rateFlag() {
  const { min, max, initial } = RECIPE.learningRate;
  const help = `${helpOf(RECIPE.learningRate)}; with another optimizer than ${DEFAULT_RECIPE.optimizer} what is usual with it`;
  return { kind: 'real', min, max, help, otherwise: String(initial) } as const;
}

/** As given; otherwise by the optimizer, as the app has it: what is usual depends on the size. */
export function rateOf(
  given: number | undefined,
  optimizer: OptimizerId,
  { id, config, vocabulary }: ModelChoice,
): number {
  if (given !== undefined) return given;
  if (optimizer === DEFAULT_RECIPE.optimizer) return DEFAULT_RECIPE.learningRate;
  return optimizerOf(optimizer).usualRate(countParams(modelSpec(id).params(config, vocabulary)));
}
