/** A worker of the data worker's that cleans along. */
import { expose } from 'comlink';
import { helper } from '../core/documents/clean/helpers';
import { type RequestsMessage, watchRequests } from './requests';

const api = { clean: helper() };
export type CleanerApi = typeof api;

watchRequests((requests) => postMessage({ requests } satisfies RequestsMessage));
expose(api);
