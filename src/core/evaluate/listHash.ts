/** Hashes of evaluated lists: a result is out of date if the list has changed. */
import type { Evaluation } from './evaluation';
import type { ToEvaluate } from './readings/reading';

/** SHA-256 in hex of sentences or a task's rows. Uses Web Crypto, because the page's policy blocks WebAssembly. */
export async function listHash(list: readonly object[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(list)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Adds to each result the hash of its list. */
export async function withListHashes(
  evaluation: Evaluation,
  { minimalPairs, swaps, tasks = [] }: Pick<ToEvaluate, 'minimalPairs' | 'swaps' | 'tasks'>,
): Promise<Evaluation> {
  const hashes = new Map<string, string>();
  for (const { name, items } of tasks) hashes.set(name, await listHash(items));
  const withHash = async <T>(result: T, list: readonly object[] | undefined): Promise<T> =>
    list ? { ...result, listHash: await listHash(list) } : result;
  return {
    ...evaluation,
    ...(evaluation.minimalPairs && { minimalPairs: await withHash(evaluation.minimalPairs, minimalPairs) }),
    ...(evaluation.swaps && { swaps: await withHash(evaluation.swaps, swaps) }),
    ...(evaluation.tasks && {
      tasks: evaluation.tasks.map((task) => {
        const hash = hashes.get(task.name);
        return { ...task, ...(hash !== undefined && { listHash: hash }) };
      }),
    }),
  };
}
