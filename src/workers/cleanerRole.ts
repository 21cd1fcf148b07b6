/** A worker that cleans documents for the data worker. */
import { expose } from 'comlink';
import { cleaner } from '../core/documents/clean/workerPool';
import { type RequestsMessage, watchRequests } from './requests';

export interface CleanerApi {
  clean: ReturnType<typeof cleaner>;
}

export function start(): void {
  watchRequests((requests) => postMessage({ requests } satisfies RequestsMessage));
  expose({ clean: cleaner() } satisfies CleanerApi);
}
