/** Threads for the processor: workers of this worker's. */
import { MOST_THREADS, type Threading } from '../core/threads/threads';
import { startOwn } from './ownWorkers';

/** As many as the processor has cores; undefined where the page is not isolated, so that threads can share no memory. */
export function threading(): Threading | undefined {
  if (!crossOriginIsolated) return undefined;
  return {
    count: Math.min(navigator.hardwareConcurrency, MOST_THREADS),
    start(start) {
      const worker = startOwn('thread');
      worker.postMessage(start);
      return () => worker.terminate();
    },
  };
}
