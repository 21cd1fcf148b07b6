/** The thread that reads files: a reader that throws, hangs or fills the memory loses only its own file. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { bundled } from '../../scripts/bundle.mjs';
import { guarded, type ReaderWorker } from '../../src/core/documents/guard/guarded';
import type { FromWorker } from '../../src/core/documents/guard/protocol';

/** Heap limit of a reader in MiB: the largest JSON file needs half of it. */
const HEAP_MIB = 2048;

/** Starts a thread that reads files. @param script path of its code @param heapMib heap limit in MiB */
export function readerThread(script: string, heapMib = HEAP_MIB): ReaderWorker {
  const thread = new Worker(script, {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapMib },
  });
  return {
    post: (message, transfer = []) => thread.postMessage(message, [...transfer]),
    listen: (listener) => void thread.on('message', (message: FromWorker) => listener(message)),
    onEnd(listener) {
      thread.on('error', ({ message, code }: NodeJS.ErrnoException) =>
        listener({ reason: message, ...(code === 'ERR_WORKER_OUT_OF_MEMORY' && { memory: heapMib * 2 ** 20 }) }),
      );
      thread.on('messageerror', ({ message }) => listener({ reason: message }));
      thread.on('exit', (code) => listener({ reason: `its thread ended with code ${code}` }));
    },
    terminate: () => void thread.terminate(),
    // An idle reader doesn't keep the process alive.
    hold(isReading) {
      if (isReading) thread.ref();
      else thread.unref();
    },
  };
}

/** Bundled once for all threads. */
let script: Promise<string> | undefined;
const readerScript = (): Promise<string> =>
  (script ??= bundled(fileURLToPath(new URL('../..', import.meta.url)), 'node/texts/reader.ts').catch(() =>
    fileURLToPath(new URL('./reader.mjs', import.meta.url)),
  ));

export const { readers } = guarded(async () => readerThread(await readerScript()));
