/** Threads in Node, for what is WebAssembly there. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { bundled } from '../../../scripts/bundle.mjs';
import { MAX_THREADS, type Threading } from '../threads/threads';

/** As many as this machine has cores, where it is not said, but no more than in a browser. */
export const nodeThreads = (count = Math.min(availableParallelism(), MAX_THREADS)): Threading => ({
  count,
  start(workerData) {
    let worker: Worker | undefined;
    let hasEnded = false;
    const oneLess = (): void => undefined; // that helps
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

/** Found once: all threads start with it. */
let script: Promise<string> | undefined;
/** Bundled, as tsx alone would take a thread longer to start than most of what it helps with takes. */
const threadScript = (): Promise<string> =>
  bundled(fileURLToPath(new URL('../../..', import.meta.url)), 'src/core/testing/thread.ts').catch(() =>
    fileURLToPath(new URL('./thread.mjs', import.meta.url)),
  );

/** Does work whose jobs begin when another thread has their first task. */
export function withFirstTaken(work: () => void): void {
  const own = Atomics.compareExchange.bind(Atomics) as Exchange;
  const exchange: Exchange = (array, at, word, next) => (word % 4096 === 0 ? -1 : own(array, at, word, next));
  Object.defineProperty(Atomics, 'compareExchange', { value: exchange, configurable: true, writable: true });
  try {
    work();
  } finally {
    Object.defineProperty(Atomics, 'compareExchange', { value: own, configurable: true, writable: true });
  }
}
type Exchange = (array: Int32Array, at: number, word: number, next: number) => number;
