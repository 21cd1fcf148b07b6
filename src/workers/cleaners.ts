/** Workers of this worker's that clean along, one for each core; they begin with the same script. */
import { wrap } from 'comlink';
import type { Help, Helper } from '../core/documents/clean/helpers';
import type { CleanerApi } from './cleanerRole';
import { isRequests } from './requests';
import type { Role } from './roles';
import { trustedScripts } from './trusted';

/** UTF-8 bytes of a text for which starting others pays. */
const WORTH_IT = 4_000_000;
const MOST = 8;

/** None where there is one core, or little to clean. */
export function beginCleaners(bytes: number): Help {
  const cores = Math.min(navigator.hardwareConcurrency, MOST);
  const workers: Worker[] = [];
  const end = (): void => workers.forEach((worker) => worker.terminate());
  try {
    if (bytes >= WORTH_IT && cores > 1) while (workers.length < cores) workers.push(start());
  } catch (error) {
    end();
    throw error;
  }
  return { helpers: workers.map(helperIn), end };
}

function start(): Worker {
  // What is behind # tells them from other workers in a browser's lists.
  const script = `${location.href}#cleaner`;
  trusted ??= trustedScripts([script]);
  const worker = new Worker(trusted(script), { type: 'module', name: 'cleaner' satisfies Role });
  // Told on to the page, as what this worker asked for.
  worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isRequests(data)) postMessage(data);
  });
  return worker;
}
/** Made once: a policy cannot be made again. */
let trusted: ReturnType<typeof trustedScripts> | undefined;

function helperIn(worker: Worker): Helper {
  const { clean } = wrap<CleanerApi>(worker);
  // One that ends answers nobody.
  const open = new Set<(error: Error) => void>();
  worker.addEventListener('error', ({ message }) => {
    const what = message ? `: ${message}` : ', or could not be loaded';
    for (const reject of open) reject(new Error(`A worker that cleaned along ended${what}`));
  });
  return (task) =>
    new Promise((resolve, reject) => {
      open.add(reject);
      void clean(task)
        .then(resolve, reject)
        .finally(() => open.delete(reject));
    });
}
