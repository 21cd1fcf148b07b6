/** Workers of this worker's that clean along, one for each core; they begin with the same script. */
import { wrap } from 'comlink';
import type { Helper } from '../core/documents/clean/helpers';
import type { CleanerApi } from './cleanerRole';
import { isRequests } from './requests';
import type { Role } from './roles';
import { trustedScripts } from './trusted';

/** UTF-8 bytes of a text for which starting others pays. */
const WORTH_IT = 4_000_000;
const MOST = 8;

/** None where there is one core, or little to clean. */
export function startCleaners(bytes: number): { helpers: readonly Helper[]; end(): void } {
  const count = bytes < WORTH_IT || navigator.hardwareConcurrency < 2 ? 0 : navigator.hardwareConcurrency;
  const workers = Array.from({ length: Math.min(count, MOST) }, start);
  return { helpers: workers.map(helperIn), end: () => workers.forEach((worker) => worker.terminate()) };
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
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', ({ message }) =>
      reject(new Error(`A worker that cleaned along ended: ${message}`)),
    );
  });
  failed.catch(() => undefined);
  return (task) => Promise.race([clean(task), failed]);
}
