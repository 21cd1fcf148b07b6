/** Threads of WebAssembly in Node. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { bundled } from '../scripts/bundle.mjs';
import { MAX_THREADS, type Threading } from '../src/core/threads/threads';

/** @param count by default one per core, but no more than in a browser */
export const nodeThreads = (count = Math.min(availableParallelism(), MAX_THREADS)): Threading => ({
  count,
  start(workerData) {
    let worker: Worker | undefined;
    let hasEnded = false;
    // Training continues with one thread less.
    const oneLess = (): void => undefined;
    script ??= threadScript();
    void script
      .then((path) => {
        if (hasEnded) return;
        worker = new Worker(path, { workerData, execArgv: [] });
        worker.on('error', oneLess);
        worker.unref();
      })
      .catch(oneLess);
    return () => {
      hasEnded = true;
      void worker?.terminate();
    };
  },
});

/** Bundled once for all threads. */
let script: Promise<string> | undefined;
/** Bundled, because loading tsx takes longer than most of a thread's work. */
const threadScript = (): Promise<string> =>
  bundled(fileURLToPath(new URL('..', import.meta.url)), 'node/thread.ts').catch(() =>
    fileURLToPath(new URL('./thread.mjs', import.meta.url)),
  );
