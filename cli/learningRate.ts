/** --learning-rate and --warmup: with the first optimizer the rate is what it has always been, and with another what is usual there. */
import { modelSpec } from '../src/core/models';
import type { ModelChoice } from '../src/core/models/network';
import { countParams } from '../src/core/models/spec';
import { type OptimizerId, optimizerOf } from '../src/core/optim';
import { DEFAULT_RECIPE, RECIPE } from '../src/core/train/recipe';
import { helpOf } from './fields';
import { UsageError } from './options';

export function rateFlag() {
  const { min, max, initial } = RECIPE.learningRate;
  const help = `${helpOf(RECIPE.learningRate)}; with another optimizer than ${DEFAULT_RECIPE.optimizer} what is usual with it`;
  return { kind: 'real', min, max, help, otherwise: String(initial) } as const;
}

/**
 * As given; otherwise by the optimizer, as the app has it: what is usual depends on the size.
 * @param isNew the model begins from nothing: then the first optimizer has the rate that it always had
 */
export function rateOf(
  given: number | undefined,
  optimizer: OptimizerId,
  { id, config, vocabulary }: ModelChoice,
  isNew = true,
): number {
  if (given !== undefined) return given;
  if (isNew && optimizer === DEFAULT_RECIPE.optimizer) return DEFAULT_RECIPE.learningRate;
  return optimizerOf(optimizer).usualRate(countParams(modelSpec(id).params(config, vocabulary)));
}

/** As given; otherwise what is usual, or a tenth of the steps where that would be most of them. */
export function warmupOf({ warmup, steps }: { warmup: number | undefined; steps: number }): number {
  if (warmup !== undefined && warmup > steps)
    throw new UsageError(`--warmup ${warmup} is more than the ${steps} steps of the run.`);
  if (warmup !== undefined) return warmup;
  return DEFAULT_RECIPE.warmup <= steps / 2 ? DEFAULT_RECIPE.warmup : Math.round(steps / 10);
}
