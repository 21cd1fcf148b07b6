/** How often a run reads what there is to learn from. */
import { objectiveOf } from '../objectives';
import type { Parted } from '../objectives/objective';
import type { Recipe } from './recipe';

/**
 * Updates in which a part is read once: an epoch.
 * @param rows that the part has, where they are counted; absent: as many as its objective reckons
 */
export function stepsOfEpoch(part: Parted, context: number, recipe: Recipe, rows?: number): number {
  const { batch, accumulate, objective } = recipe;
  const all = rows ?? objectiveOf(objective).epoch?.(part, context, recipe) ?? part.tokens / context;
  return all / (batch * accumulate);
}
