/** Threads in Node, for what is WebAssembly there. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Threading } from '../threads/threads';

/** As many as this machine has cores, where it is not said. */
export const nodeThreads = (count = availableParallelism()): Threading => ({
  count,
  start(workerData) {
    const worker = new Worker(new URL('./thread.mjs', import.meta.url), { workerData, execArgv: [] });
    worker.on('error', () => undefined); // One less that helps.
    worker.unref();
    return () => void worker.terminate();
  },
});
