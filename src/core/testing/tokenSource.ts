import type { TokenSource } from '../shards/manifest';

/** Ids as a part of data. `bytes`: of the text that they stand for. */
export const tokenSource = (ids: Uint32Array, vocabulary: number, bytes = ids.length): TokenSource => ({
  tokens: ids.length,
  bytes,
  vocabulary,
  read: (start, length) => Promise.resolve(ids.slice(start, start + length)),
});
