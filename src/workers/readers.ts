/** The worker that reads files: a reader that throws, hangs or fills the memory loses only its own file. */
import { guarded, type ReaderWorker } from '../core/documents/guard/guarded';
import type { FromWorker } from '../core/documents/guard/protocol';
import { startOwn } from './ownWorkers';
import { isRequests } from './requests';

function readerWorker(): ReaderWorker {
  const worker = startOwn('reader');
  return {
    post: (message, transfer = []) => worker.postMessage(message, { transfer: [...transfer] }),
    listen(listener) {
      worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
        if (!isRequests(data)) listener(data);
      });
    },
    onEnd(listener) {
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        listener({ reason: event.message || 'its script didn’t load' });
      });
      worker.addEventListener('messageerror', () => listener({ reason: 'its result can’t be copied' }));
    },
    terminate: () => worker.terminate(),
  };
}

export const { readers } = guarded(readerWorker);
