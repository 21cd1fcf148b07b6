/** Merges the results of lists at one step: new results replace earlier ones of lists with the same name. */
import type { Evaluation } from './evaluation';
import type { ToEvaluate } from './readings/reading';

/** @returns `found`, with the lists of `before` that were not measured again */
export function askedAnew(
  before: Evaluation,
  found: Evaluation,
  { minimalPairs, swaps, tasks = [] }: Pick<ToEvaluate, 'minimalPairs' | 'swaps' | 'tasks'>,
): Evaluation {
  const asked = new Set([
    ...tasks.map(({ name }) => name),
    ...(minimalPairs ? ['minimalPairs'] : []),
    ...(swaps ? ['swaps'] : []),
  ]);
  const all = [...(before.tasks ?? []).filter(({ name }) => !asked.has(name)), ...(found.tasks ?? [])];
  const {
    minimalPairs: pairs = asked.has('minimalPairs') ? undefined : before.minimalPairs,
    swaps: swapped = asked.has('swaps') ? undefined : before.swaps,
  } = found;
  return {
    ...found,
    leftOut: [...before.leftOut.filter(({ name }) => !asked.has(name)), ...found.leftOut],
    ...(pairs && { minimalPairs: pairs }),
    ...(swapped && { swaps: swapped }),
    ...(all.length > 0 && { tasks: all }),
  };
}
