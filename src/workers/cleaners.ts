/** Workers that clean documents, one for each core. */
import { wrap } from 'comlink';
import { type Cleaner, cleanerCount, type Cleaners } from '../core/documents/clean/workerPool';
import type { CleanerApi } from './cleanerRole';
import { startOwn } from './ownWorkers';

/** UTF-8 bytes of a text from which workers pay off. */
const MIN_BYTES = 4_000_000;

/** Starts none if there is one core or little text. */
export function beginCleaners(bytes: number): Cleaners {
  const count = cleanerCount(bytes, navigator.hardwareConcurrency, MIN_BYTES);
  const workers: Worker[] = [];
  const end = (): void => workers.forEach((worker) => worker.terminate());
  try {
    while (workers.length < count) workers.push(startOwn('cleaner'));
  } catch (error) {
    end();
    throw error;
  }
  return { cleaners: workers.map(cleanerIn), end };
}

function cleanerIn(worker: Worker): Cleaner {
  const { clean } = wrap<CleanerApi>(worker);
  // A worker that ended answers no task.
  const pendingRejects = new Set<(error: Error) => void>();
  worker.addEventListener('error', ({ message }) => {
    const detail = message ? `: ${message}` : ', or could not be loaded';
    for (const reject of pendingRejects) reject(new Error(`A cleaning worker ended${detail}`));
  });
  return (task) =>
    new Promise((resolve, reject) => {
      pendingRejects.add(reject);
      void clean(task)
        .then(resolve, reject)
        .finally(() => pendingRejects.delete(reject));
    });
}
