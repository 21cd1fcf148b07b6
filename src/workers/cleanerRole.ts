/** A worker that cleans documents for the data worker. */
import { expose } from 'comlink';
import { helper } from '../core/documents/clean/helpers';
import { type RequestsMessage, watchRequests } from './requests';

export interface CleanerApi {
  clean: ReturnType<typeof helper>;
}

export function start(): void {
  watchRequests((requests) => postMessage({ requests } satisfies RequestsMessage));
  expose({ clean: helper() } satisfies CleanerApi);
}
