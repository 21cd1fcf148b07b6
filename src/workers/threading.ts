/** Threads for the processor: workers of this worker's, which begin with the same script. */
import { MOST_THREADS, type Threading } from '../core/threads/threads';
import { isRequests } from './requests';
import type { Role } from './roles';
import { trustedScripts } from './trusted';

/** What is behind # tells threads from other workers in a browser's lists. */
const SCRIPT = `${location.href}#thread`;
/** Made once: a policy cannot be made again. */
const trusted = trustedScripts([SCRIPT]);

/** As many as the processor has cores; undefined where the page is not isolated, so that threads can share no memory. */
export function threading(): Threading | undefined {
  if (!crossOriginIsolated) return undefined;
  return {
    count: Math.min(navigator.hardwareConcurrency, MOST_THREADS),
    start(start) {
      const worker = new Worker(trusted(SCRIPT), { type: 'module', name: 'thread' satisfies Role });
      // Told on to the page, as what this worker asked for.
      worker.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (isRequests(data)) postMessage(data);
      };
      worker.postMessage(start);
      return () => worker.terminate();
    },
  };
}
