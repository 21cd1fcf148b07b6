/** What of a run is kept on the way, in words. */
import { keptOnTheWay } from '../../core/runs/onTheWay';
import { recipeOf } from '../../core/runs/segments';
import type { SavedStep } from '../../protocol/data';
import type { RunView } from './view';

/** @param budget bytes that its kept steps may take */
export function lightWords({ row: { record } }: RunView, steps: readonly SavedStep[], budget: number): string {
  const pinned = steps.reduce((sum, step) => sum + (step.pinned ? step.bytes : 0), 0);
  return `While it trains: ${keptOnTheWay(record.model, recipeOf(record), Math.max(0, budget - pinned)).words}`;
}
