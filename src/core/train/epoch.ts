/** Length of an epoch. */
import { objectiveOf } from '../objectives';
import type { Parted } from '../objectives/objective';
import type { Recipe } from './recipe';

/**
 * Number of updates in an epoch of a part.
 * @param rows counted rows of the part; absent: the objective's estimate
 */
export function stepsOfEpoch(part: Parted, context: number, recipe: Recipe, rows?: number): number {
  const { batch, accumulate, objective } = recipe;
  const rowCount = rows ?? objectiveOf(objective).epoch?.(part, context, recipe) ?? part.tokens / context;
  return rowCount / (batch * accumulate);
}
