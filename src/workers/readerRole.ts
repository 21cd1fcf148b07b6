/** A worker that reads files for another worker (readers.ts). */
import type { ToWorker } from '../core/documents/guard/protocol';
import { serveReaders } from '../core/documents/guard/serve';
import { type RequestsMessage, watchRequests } from './requests';

export function start(): void {
  watchRequests((requests) => postMessage({ requests } satisfies RequestsMessage));
  serveReaders({
    post: (message, transfer = []) => postMessage(message, { transfer: [...transfer] }),
    listen: (listener) => addEventListener('message', ({ data }: MessageEvent<ToWorker>) => listener(data)),
  });
}
