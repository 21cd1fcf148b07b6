/**
 * Converts a batch size in tokens, as papers state it, to rows of the context in as few micro-batches as memory allows.
 */
import type { Trainable } from '../adapters/trainable';
import { type MemoryLimits, memoryShortage } from './memory';
import { RECIPE, type Recipe } from './recipe';
import type { ModelChoice } from './run';

/**
 * Returns the number of rows, at least one, closest to `tokens` per update. Splits them into the fewest equal
 * micro-batches that fit, or into as many as possible if none fit.
 */
export function batchOfTokens(
  tokens: number,
  model: ModelChoice,
  recipe: Recipe,
  limits: MemoryLimits,
  trainable?: Trainable,
): Pick<Recipe, 'batch' | 'accumulate'> {
  const max = RECIPE.batch.max * RECIPE.accumulate.max;
  const rows = Math.min(max, Math.max(1, Math.round(tokens / model.config.context)));
  const splits = Array.from({ length: Math.min(rows, RECIPE.accumulate.max) }, (_, i) => i + 1)
    .filter((microBatches) => rows % microBatches === 0 && rows / microBatches <= RECIPE.batch.max)
    .map((accumulate) => ({ batch: rows / accumulate, accumulate }));
  const fitting = splits.find(
    (split) => memoryShortage(model, { ...recipe, ...split }, limits, trainable) === undefined,
  );
  // No equal split is small enough: uses a slightly different number of rows.
  const minMicroBatches = Math.ceil(rows / RECIPE.batch.max);
  return fitting ?? splits.at(-1) ?? { batch: Math.round(rows / minMicroBatches), accumulate: minMicroBatches };
}
