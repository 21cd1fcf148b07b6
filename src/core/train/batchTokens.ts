/**
 * A batch stated in tokens, as papers state it: rows of the context, in as few micro-batches as the memory holds.
 */
import type { Trainable } from '../adapters/trainable';
import { type MemoryLimits, memoryShortage } from './memory';
import { RECIPE, type Recipe } from './recipe';
import type { ModelChoice } from './run';

/**
 * The rows that come nearest to so many tokens an update, and at least one. They are cut into equal micro-batches, the fewest
 * that fit; where none do, into single rows.
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
  const ways = Array.from({ length: Math.min(rows, RECIPE.accumulate.max) }, (_, i) => i + 1)
    .filter((parts) => rows % parts === 0 && rows / parts <= RECIPE.batch.max)
    .map((accumulate) => ({ batch: rows / accumulate, accumulate }));
  const fits = ways.find((way) => memoryShortage(model, { ...recipe, ...way }, limits, trainable) === undefined);
  // So many rows that no such parts are small enough: nearly as many.
  const parts = Math.ceil(rows / RECIPE.batch.max);
  return fits ?? ways.at(-1) ?? { batch: Math.round(rows / parts), accumulate: parts };
}
