import { BLOCK, type Reader } from '../core/models/page';
import type { ModelKind } from '../core/models/spec';

/** Returns a classifier's scores [labels] of one row, read from its beginning; valid until the next call. */
export function labelScoresOf(reader: Reader, kind: ModelKind, row: readonly number[]): Float32Array {
  const max = kind === 'encoder' ? row.length : BLOCK;
  for (let at = 0; at < row.length; at += max) reader.read(row.slice(at, at + max), at);
  return reader.scores();
}
