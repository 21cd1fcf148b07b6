/** The data worker: text, tokenizer, shards, export and import. */
import { fetchReaders } from '../core/documents/fetchReaders';
import { openStore } from '../storage/store';
import { dataHandlers } from './dataHandlers';
import { ownFile } from './ownFile';
import { readers } from './readers';
import { serve } from './serve';

export function start(): void {
  const store = openStore();
  store.catch(() => undefined); // each call reports it

  serve(dataHandlers(store, ownFile, readers));
  void fetchReaders();
}
