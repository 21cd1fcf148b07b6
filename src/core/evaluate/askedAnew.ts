/** Merges the results of lists at one step: new results replace earlier ones of lists with the same name. */
import type { Evaluation } from './evaluation';
import type { ToEvaluate } from './readings/reading';

/** @returns `found`, with the lists of `before` that were not measured again */
export function askedAnew(
  previous: Evaluation,
  updated: Evaluation,
  { minimalPairs, swaps, tasks = [] }: Pick<ToEvaluate, 'minimalPairs' | 'swaps' | 'tasks'>,
): Evaluation {
  const measuredNames = new Set([
    ...tasks.map(({ name }) => name),
    ...(minimalPairs ? ['minimalPairs'] : []),
    ...(swaps ? ['swaps'] : []),
  ]);
  const mergedTasks = [
    ...(previous.tasks ?? []).filter(({ name }) => !measuredNames.has(name)),
    ...(updated.tasks ?? []),
  ];
  const {
    minimalPairs: mergedPairs = measuredNames.has('minimalPairs') ? undefined : previous.minimalPairs,
    swaps: mergedSwaps = measuredNames.has('swaps') ? undefined : previous.swaps,
  } = updated;
  return {
    ...updated,
    leftOut: [...previous.leftOut.filter(({ name }) => !measuredNames.has(name)), ...updated.leftOut],
    ...(mergedPairs && { minimalPairs: mergedPairs }),
    ...(mergedSwaps && { swaps: mergedSwaps }),
    ...(mergedTasks.length > 0 && { tasks: mergedTasks }),
  };
}
