/** Workers that clean documents, one for each core. */
import { wrap } from 'comlink';
import type { Help, Helper } from '../core/documents/clean/helpers';
import type { CleanerApi } from './cleanerRole';
import { startOwn } from './ownWorkers';

/** UTF-8 bytes of a text from which workers pay off. */
const WORTH_IT = 4_000_000;
const MOST = 8;

/** Starts none if there is one core or little text. */
export function beginCleaners(bytes: number): Help {
  const cores = Math.min(navigator.hardwareConcurrency, MOST);
  const workers: Worker[] = [];
  const end = (): void => workers.forEach((worker) => worker.terminate());
  try {
    if (bytes >= WORTH_IT && cores > 1) while (workers.length < cores) workers.push(startOwn('cleaner'));
  } catch (error) {
    end();
    throw error;
  }
  return { helpers: workers.map(helperIn), end };
}

function helperIn(worker: Worker): Helper {
  const { clean } = wrap<CleanerApi>(worker);
  // A worker that ended answers no task.
  const open = new Set<(error: Error) => void>();
  worker.addEventListener('error', ({ message }) => {
    const what = message ? `: ${message}` : ', or could not be loaded';
    for (const reject of open) reject(new Error(`A cleaning worker ended${what}`));
  });
  return (task) =>
    new Promise((resolve, reject) => {
      open.add(reject);
      void clean(task)
        .then(resolve, reject)
        .finally(() => open.delete(reject));
    });
}
