/** The thread in which commands read files: a reader that throws, never ends or takes all memory costs its own file alone. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { bundled } from '../../scripts/bundle.mjs';
import { guarded, type ReaderWorker } from '../../src/core/documents/guard/guarded';
import type { FromWorker } from '../../src/core/documents/guard/protocol';

/** MiB of objects that a reader may have: one JSON file of the largest size that is read needs half of it. */
const HEAP_MIB = 2048;

/** A thread that serves readers. @param script which it runs @param heapMib of its objects */
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
    // A command ends when it is done, whatever waits for a next file.
    hold(isReading) {
      if (isReading) thread.ref();
      else thread.unref();
    },
  };
}

/** Found once: all threads start with it. */
let script: Promise<string> | undefined;
const readerScript = (): Promise<string> =>
  (script ??= bundled(fileURLToPath(new URL('../..', import.meta.url)), 'node/texts/reader.ts').catch(() =>
    fileURLToPath(new URL('./reader.mjs', import.meta.url)),
  ));

export const { readers } = guarded(async () => readerThread(await readerScript()));
