/** --learning-rate and --warmup, with defaults by optimizer. */
import type { Trainable } from '../src/core/adapters/trainable';
import { paramsOf } from '../src/core/models';
import type { ModelChoice } from '../src/core/models/network';
import { countParams } from '../src/core/models/spec';
import { type OptimizerId, optimizerOf } from '../src/core/optim';
import { usualTuningRate } from '../src/core/runs/toLearn';
import { DEFAULT_RECIPE, RECIPE } from '../src/core/train/recipe';
import { helpOf } from './fields';
import { UsageError } from './options';

export function rateFlag() {
  const { min, max, initial } = RECIPE.learningRate;
  const help = `${helpOf(RECIPE.learningRate)}; other optimizers than ${DEFAULT_RECIPE.optimizer} have their own default`;
  return { kind: 'real', min, max, help, otherwise: String(initial) } as const;
}

/** How a run starts: with new weights, from a model that it continues, or by tuning a model. */
export type Beginning = 'new' | 'continued' | { trainable: Trainable | undefined };

/** The typed value, or the app's default for the optimizer, the model and its trained part. */
export function rateOf(
  given: number | undefined,
  optimizer: OptimizerId,
  model: ModelChoice,
  beginning: Beginning = 'new',
): number {
  if (given !== undefined) return given;
  if (typeof beginning === 'object') return usualTuningRate(model, beginning.trainable, optimizer);
  if (beginning === 'new' && optimizer === DEFAULT_RECIPE.optimizer) return DEFAULT_RECIPE.learningRate;
  return optimizerOf(optimizer).usualRate(countParams(paramsOf(model)));
}

/** The typed value, or the default, or a tenth of the steps in a short run. */
export function warmupOf({ warmup, steps }: { warmup: number | undefined; steps: number }): number {
  if (warmup !== undefined && warmup > steps)
    throw new UsageError(`--warmup ${warmup} exceeds the ${steps} steps of the run.`);
  if (warmup !== undefined) return warmup;
  return DEFAULT_RECIPE.warmup <= steps / 2 ? DEFAULT_RECIPE.warmup : Math.round(steps / 10);
}
