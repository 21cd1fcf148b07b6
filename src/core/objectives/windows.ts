/** Windows of a source: which of them a step learns from, and which an evaluation reads. */
import { stream } from '../base/rng';
import type { TokenSource } from '../shards/manifest';
import type { Objective, Place } from './objective';

/**
 * The windows of a training step: `rows` that begin anywhere, each place equally likely (as nanoGPT's get_batch). A pure
 * function of the source, the seed and the step. Needs more tokens than a context and what is read beyond it, less one.
 */
export function trainingPlace(
  source: TokenSource,
  { ahead }: Pick<Objective, 'ahead'>,
  { seed, step, rows, context }: { seed: number; step: number; rows: number; context: number },
): Place {
  const at = stream(seed, 'batch', step);
  const places = source.tokens - context - ahead + 1;
  const starts = Array.from({ length: rows }, (_, row) => Math.floor((at(row) / 2 ** 32) * places));
  return { starts, context, seed, step };
}

/**
 * The same windows at every evaluation: end to end, none overlapping, spread evenly over the part, `maxTokens` tokens of
 * them at most. Batches are whole (`rows` windows each) unless the part has fewer windows than that; a part shorter
 * than one window is one window of what there is.
 */
export function* evaluationPlaces(
  source: TokenSource,
  { ahead }: Pick<Objective, 'ahead'>,
  { context, rows, maxTokens }: { context: number; rows: number; maxTokens: number },
): Generator<Place> {
  const width = Math.min(context, source.tokens - ahead);
  if (width < 1) return;
  const places = Math.floor((source.tokens - ahead) / width);
  const wanted = Math.max(1, Math.min(places, Math.floor(maxTokens / width)));
  const count = wanted < rows ? wanted : wanted - (wanted % rows);
  const starts = Array.from({ length: count }, (_, i) => Math.floor((i * places) / count) * width);
  for (let i = 0; i < count; i += rows) yield { starts: starts.slice(i, i + rows), context: width, seed: 0, step: 0 };
}

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
