/** Threads that clean along, one for each core; they begin with the command's own script. */
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Helper, Task } from '../src/core/documents/clean/helpers';
import type { Through } from '../src/core/documents/clean/steps';

/** UTF-8 bytes of a text for which starting others pays. */
const WORTH_IT = 16_000_000;
const MOST = 8;
const ROLE = 'cleaner';

/** Whether this thread is one. */
export const isCleaner = !isMainThread && workerData === ROLE;
/** What one does, until it is ended. */
export async function cleanAlong(): Promise<void> {
  const { helper } = await import('../src/core/documents/clean/helpers');
  const clean = helper();
  parentPort!.on('message', (task: Task) => void clean(task).then((through) => parentPort!.postMessage(through)));
}

/** Of the command; absent where its code is called by something else, whose script does other things. */
let script: string | undefined;
export const cleanersBeginWith = (path: string | undefined): void => void (script = path);

/** While it cleans a text of so many bytes, others help where there are cores for them, and it pays. */
export async function withCleaners<T>(bytes: number, clean: (helpers: readonly Helper[]) => Promise<T>): Promise<T> {
  const cores = Math.min(availableParallelism(), MOST);
  const count = script === undefined || bytes < WORTH_IT || cores < 2 ? 0 : cores;
  const threads = Array.from({ length: count }, () => new Worker(script!, { workerData: ROLE }));
  try {
    return await clean(threads.map(helperIn));
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

/** Answers come in the order of tasks. */
function helperIn(thread: Worker): Helper {
  const asked: { resolve(through: readonly Through[]): void; reject(error: Error): void }[] = [];
  let failure: Error | undefined;
  thread.on('message', (through: readonly Through[]) => asked.shift()?.resolve(through));
  thread.on('error', (error: Error) => {
    failure = error;
    for (const { reject } of asked.splice(0)) reject(error);
  });
  return (task) =>
    new Promise((resolve, reject) => {
      if (failure) reject(failure);
      else {
        asked.push({ resolve, reject });
        thread.postMessage(task);
      }
    });
}
