/** Converts texts to rows of ids for a classifier. */
import type { Pooling } from '../models/spec';

/** Range of a text's ids in one row; `to` is exclusive. */
export type Window = readonly [from: number, to: number];

/**
 * Windows of a text of `tokens`. Their lengths differ by at most one, so that none is a short remainder.
 * @param room tokens of a row, without the special tokens around every text
 * @param inWindows whether to read the whole text instead of its beginning only
 */
export function windowsOf(tokens: number, room: number, inWindows: boolean): readonly [Window, ...Window[]] {
  if (tokens <= room || !inWindows) return [[0, Math.min(tokens, room)]];
  const count = Math.ceil(tokens / room);
  const at = (i: number): number => Math.round((i * tokens) / count);
  return Array.from({ length: count }, (_, i): Window => [at(i), at(i + 1)]) as [Window, ...Window[]];
}

/** Weight of each token of a row in pooling. */
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

/** Rounds a row's width up to one of at most eight widths, because a device compiles a program for each. */
export function widthOf(tokens: number, context: number): number {
  const step = Math.ceil(context / WIDTHS);
  return Math.min(context, Math.ceil(tokens / step) * step);
}
const WIDTHS = 8;
