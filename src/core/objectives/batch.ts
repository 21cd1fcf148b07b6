/** What a step learns from, and an evaluation measures: named arrays, and how much they predict. */
import type { TokenSource } from '../shards/manifest';

export interface Batch {
  arrays: Readonly<Record<string, Float32Array | Int32Array>>;
  /** How many it predicts: what the mean of their losses weighs where it is joined with others. */
  weight: number;
}

/** A part of the data, as an objective reads it. */
export interface Batches {
  /** Some rows of a training step: a pure function of the part, the settings and these, whichever rows are asked for together. */
  training(of: StepRows): Promise<Batch>;
  /** Those of every evaluation: the same each time, so that what is measured at different steps compares. */
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

/** A loss' input besides the arrays of a batch: what it divides the sum by. */
export const DIVISOR = { weight: { shape: [1], dtype: 'int32' } } as const;
export const divisor = (weight: number) => ({ weight: Int32Array.of(Math.max(1, weight)) });

/** All micro-batches of an update one after another: each array is theirs, end to end. */
export async function stepBatch(
  batches: Batches,
  { seed, batch: rows, accumulate }: { seed: number; batch: number; accumulate: number },
  step: number,
): Promise<Batch> {
  const parts: Batch[] = [];
  for (let i = 0; i < accumulate; i++) parts.push(await batches.training({ seed, step, first: i * rows, rows }));
  return joined(parts);
}

/** Rows of batches, one after another. */
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

/** One of `count` rows, each as likely, by a draw of 32 bits. */
export const drawnOf = (count: number, draw: number): number => Math.floor((draw / 2 ** 32) * count);

/** How many of the rows that there are an evaluation reads: `tokens` tokens of them at most, in whole batches where it can. */
export function rowsToMeasure(
  count: number,
  context: number,
  { rows, tokens }: { rows: number; tokens: number },
): number {
  const wanted = Math.max(1, Math.min(count, Math.floor(tokens / context)));
  return wanted < rows ? wanted : wanted - (wanted % rows);
}

/** Targets that are no mask. */
export const predictedIn = (targets: Int32Array): number =>
  targets.reduce((count, target) => (target < 0 ? count : count + 1), 0);

/** `length` ids from each start on. */
export async function readWindows(
  source: TokenSource,
  starts: readonly number[],
  length: number,
): Promise<readonly Uint32Array[]> {
  const windows: Uint32Array[] = [];
  for (const start of starts) windows.push(await source.read(start, length));
  return windows;
}
