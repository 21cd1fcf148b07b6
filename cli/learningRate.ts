/** --learning-rate and --warmup: with the first optimizer the rate is what it has always been, and with another what is usual there. */
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

/** How a run begins: from nothing, from a model whose training it continues, or by tuning a model. */
export type Beginning = 'new' | 'continued' | { trainable: Trainable | undefined };

/** As given; otherwise by the optimizer, the model and what of it is trained, as the app has it. */
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

/** As given; otherwise what is usual, or a tenth of the steps where that would be most of them. */
export function warmupOf({ warmup, steps }: { warmup: number | undefined; steps: number }): number {
  if (warmup !== undefined && warmup > steps)
    throw new UsageError(`--warmup ${warmup} exceeds the ${steps} steps of the run.`);
  if (warmup !== undefined) return warmup;
  return DEFAULT_RECIPE.warmup <= steps / 2 ? DEFAULT_RECIPE.warmup : Math.round(steps / 10);
}
