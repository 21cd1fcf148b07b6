/** Which list it was that a model was asked: of another, what was found is out of date. */
import type { Evaluation } from './evaluation';
import type { ToEvaluate } from './readings/reading';

/** Of sentences, or of a task's rows: SHA-256 in hex. By the platform, as a page's policy lets no WebAssembly run. */
export async function listHash(list: readonly object[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(list)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

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
