/** Batches of a training step or an evaluation: named arrays, and the number of predictions. */
import type { TokenSource } from '../shards/manifest';

export interface Batch {
  arrays: Readonly<Record<string, Float32Array | Int32Array>>;
  /** Number of predictions: weight of the batch's mean loss when batches are joined. */
  weight: number;
}

/** A part of the data, as an objective reads it. */
export interface Batches {
  /** Rows of a training step. Each depends on the part, settings, seed, step and row only, not on the grouping. */
  training(of: StepRows): Promise<Batch>;
  /** Batches of an evaluation, the same each time, so that results of different steps compare. */
  evaluation(max: { rows: number; tokens: number }): AsyncIterable<EvaluationBatch>;
}

/** `rows` rows of a step from `first` on, counted from 0 over all its micro-batches. */
export interface StepRows {
  seed: number;
  step: number;
  first: number;
  rows: number;
}

/** A batch of rows that may be fewer and shorter than those of a step. */
export interface EvaluationBatch extends Batch {
  rows: number;
  context: number;
}

/** Additional input of a loss: the divisor of the sum. */
export const DIVISOR = { weight: { shape: [1], dtype: 'int32' } } as const;
export const divisor = (weight: number) => ({ weight: Int32Array.of(Math.max(1, weight)) });

/** Joins all micro-batches of an update: concatenates each of their arrays. */
export async function stepBatch(
  batches: Batches,
  { seed, batch: rows, accumulate }: { seed: number; batch: number; accumulate: number },
  step: number,
): Promise<Batch> {
  const parts: Batch[] = [];
  for (let i = 0; i < accumulate; i++) parts.push(await batches.training({ seed, step, first: i * rows, rows }));
  return joined(parts);
}

/** Concatenates the rows of batches. */
export function joined(parts: readonly Batch[]): Batch {
  const [only, ...others] = parts;
  if (others.length === 0) return only!;
  return {
    arrays: Object.fromEntries(
      Object.keys(only!.arrays).map((name) => [name, endToEnd(parts.map(({ arrays }) => arrays[name]!))]),
    ),
    weight: parts.reduce((sum, { weight }) => sum + weight, 0),
  };
}

function endToEnd<A extends Float32Array | Int32Array>(arrays: readonly A[]): A {
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  const all = new (arrays[0]!.constructor as new (length: number) => A)(length);
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** Maps a uniform 32-bit draw to one of `count` rows. */
export const drawnOf = (count: number, draw: number): number => Math.floor((draw / 2 ** 32) * count);

/** Number of rows in an evaluation: at most `tokens` tokens, in whole batches if there are enough. */
export function rowsToMeasure(
  count: number,
  context: number,
  { rows, tokens }: { rows: number; tokens: number },
): number {
  const wanted = Math.max(1, Math.min(count, Math.floor(tokens / context)));
  return wanted < rows ? wanted : wanted - (wanted % rows);
}

/** Number of targets that aren't masked. */
export const predictedIn = (targets: Int32Array): number =>
  targets.reduce((count, target) => (target < 0 ? count : count + 1), 0);

/** Reads `length` ids from each start. */
export async function readWindows(
  source: TokenSource,
  starts: readonly number[],
  length: number,
): Promise<readonly Uint32Array[]> {
  const windows: Uint32Array[] = [];
  for (const start of starts) windows.push(await source.read(start, length));
  return windows;
}
