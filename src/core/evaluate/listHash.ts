/** Which list it was that a model was asked: of another, what was found is out of date. */
import { sha256Hex } from '../base/hash';
import type { Evaluation } from './evaluation';
import type { ToEvaluate } from './readings/reading';

/** Of sentences, or of a task's rows. */
export const listHash = (list: readonly object[]): Promise<string> => sha256Hex(JSON.stringify(list));

/** What was found, each with the hash of the list that was asked. */
export async function withListHashes(
  found: Evaluation,
  { minimalPairs, swaps, tasks = [] }: Pick<ToEvaluate, 'minimalPairs' | 'swaps' | 'tasks'>,
): Promise<Evaluation> {
  const hashes = new Map<string, string>();
  for (const { name, items } of tasks) hashes.set(name, await listHash(items));
  const own = async <T>(part: T, list: readonly object[] | undefined): Promise<T> =>
    list ? { ...part, listHash: await listHash(list) } : part;
  return {
    ...found,
    ...(found.minimalPairs && { minimalPairs: await own(found.minimalPairs, minimalPairs) }),
    ...(found.swaps && { swaps: await own(found.swaps, swaps) }),
    ...(found.tasks && {
      tasks: found.tasks.map((task) => {
        const hash = hashes.get(task.name);
        return { ...task, ...(hash !== undefined && { listHash: hash }) };
      }),
    }),
  };
}
