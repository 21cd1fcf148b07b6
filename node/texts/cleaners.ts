/** Threads that clean documents, one for each core. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { bundled } from '../../scripts/bundle.mjs';
import { type Cleaner, cleanerCount, type Cleaners } from '../../src/core/documents/clean/workerPool';
import type { TaskResult } from '../../src/core/documents/clean/steps';

/** UTF-8 bytes of a text from which threads pay off. */
const MIN_BYTES = 16_000_000;

/** Starts none if there is one core or little text. */
export async function beginCleaners(bytes: number): Promise<Cleaners> {
  const count = cleanerCount(bytes, availableParallelism(), MIN_BYTES);
  if (count === 0) return { cleaners: [], end: () => undefined };
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const script = await bundled(root, 'node/texts/cleaner.ts');
  const threads = Array.from({ length: count }, () => new Worker(script));
  return {
    cleaners: threads.map(cleanerIn),
    async end() {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}

/** Answers have the order of the tasks. */
function cleanerIn(thread: Worker): Cleaner {
  const pendingTasks: { resolve(results: readonly TaskResult[]): void; reject(error: Error): void }[] = [];
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of pendingTasks.splice(0)) reject(failure);
  };
  thread.on('message', (results: readonly TaskResult[]) => pendingTasks.shift()?.resolve(results));
  thread.on('error', fail).on('messageerror', fail);
  thread.on('exit', (code) => fail(new Error(`A cleaning thread ended with code ${code}`)));
  return (task) =>
    new Promise((resolve, reject) => {
      if (failure) reject(failure);
      else {
        pendingTasks.push({ resolve, reject });
        thread.postMessage(task);
      }
    });
}
