/** Adds advice to an out-of-memory error: the planned memory, and settings that need half of it. */
import type { Trainable } from '../core/adapters/trainable';
import { HomegrownError } from '../core/base/errors';
import { formatBytes } from '../core/base/units';
import { modelSpec } from '../core/models';
import { memoryChanges, memoryPlan } from '../core/train/memory';
import { adviceOf } from '../core/train/problems';
import type { Recipe } from '../core/train/recipe';
import type { ModelChoice } from '../core/train/run';

export interface PlannedRun {
  model: ModelChoice;
  recipe: Recipe;
  trainable: Trainable | undefined;
}

/**
 * @param more another sentence
 * @returns any other error unchanged
 */
export function withMemoryAdvice(error: unknown, run: PlannedRun, more = ''): unknown {
  if (!(error instanceof HomegrownError) || error.code !== 'out-of-memory') return error;
  const { model, recipe, trainable } = run;
  const { total } = memoryPlan(modelSpec(model.id), model.config, model.vocabulary, recipe, trainable);
  const half = { total: total / 2 };
  return new HomegrownError(
    'out-of-memory',
    `${error.message.replace(/\.$/, '')}. The run was planned with ${formatBytes(total)}, not counting temporary memory.`,
    `${adviceOf(memoryChanges(model, recipe, half, trainable))}${more}`,
  );
}
