/** Texts as the rows of ids that a classifier reads. */
import type { Pooling } from '../models/spec';

/** Of a text: ids from and up to, which are in one row. */
export type Window = readonly [from: number, to: number];

/**
 * Those of a text of `tokens`: of equal length within one, so that none of them is a short rest.
 * @param room tokens of a row besides what stands around every text
 * @param inWindows all of it is read, and not its beginning alone
 */
export function windowsOf(tokens: number, room: number, inWindows: boolean): readonly [Window, ...Window[]] {
  if (tokens <= room || !inWindows) return [[0, Math.min(tokens, room)]];
  const count = Math.ceil(tokens / room);
  const at = (i: number): number => Math.round((i * tokens) / count);
  return Array.from({ length: count }, (_, i): Window => [at(i), at(i + 1)]) as [Window, ...Window[]];
}

/** A row of a classifier's batch, from its ids: what each token counts in what is scored, pool [context]. */
export function poolOf(tokens: number, pooling: Pooling): (place: number) => number {
  switch (pooling) {
    case 'first':
      return (place) => (place === 0 ? 1 : 0);
    case 'last':
      return (place) => (place === tokens - 1 ? 1 : 0);
    case 'mean':
      return (place) => (place < tokens ? 1 / tokens : 0);
  }
}

/**
 * Rows as the arrays of a batch: ids [count, width], lengths [count], pool [count, width].
 * @param count at least the number of rows; the others are padding whose scores are ignored
 */
export function rowArrays(
  rows: readonly ArrayLike<number>[],
  width: number,
  pooling: Pooling,
  padding: number,
  count = rows.length,
) {
  const ids = new Int32Array(count * width).fill(padding);
  const pool = new Float32Array(count * width);
  for (const [i, row] of rows.entries()) {
    ids.set(row, i * width);
    const counts = poolOf(row.length, pooling);
    for (let place = 0; place < width; place++) pool[i * width + place] = counts(place);
  }
  return { ids, lengths: Int32Array.from({ length: count }, (_, i) => rows[i]?.length ?? 1), pool };
}

/** Rows of eight widths at most, since a device makes a program for each. */
export function widthOf(tokens: number, context: number): number {
  const step = Math.ceil(context / WIDTHS);
  return Math.min(context, Math.ceil(tokens / step) * step);
}
const WIDTHS = 8;
