/** Threads for WASM: workers of the GPU worker. */
import { MAX_THREADS, type Threading } from '../core/threads/threads';
import { startOwn } from './ownWorkers';

/** One per core; undefined if the page isn't isolated, because threads can't share memory then. */
export function threading(): Threading | undefined {
  if (!crossOriginIsolated) return undefined;
  return {
    count: Math.min(navigator.hardwareConcurrency, MAX_THREADS),
    start(start) {
      const worker = startOwn('thread');
      worker.postMessage(start);
      return () => worker.terminate();
    },
  };
}
