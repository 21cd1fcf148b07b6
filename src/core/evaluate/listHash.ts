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
