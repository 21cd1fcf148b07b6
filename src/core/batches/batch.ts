import { stream } from '../base/rng';
import type { TokenSource } from '../shards/manifest';

/**
 * Windows of text and, for each position, the token that follows. Row-major [rows, context]. A negative target is masked:
 * it is not learnt, and no mean counts it.
 */
export interface Batch {
  rows: number;
  context: number;
  inputs: Int32Array;
  targets: Int32Array;
}

/** How many targets are not masked: what a mean over them weighs where it is joined with others. */
export const countedTargets = (targets: Int32Array): number =>
  targets.reduce((count, target) => (target < 0 ? count : count + 1), 0);

/**
 * The training batch of a step: `rows` windows that begin anywhere, each place equally likely (as nanoGPT's get_batch).
 * A pure function of the source, the seed and the step. Needs source.tokens > context.
 */
export function batch(
  source: TokenSource,
  { seed, step, rows, context }: { seed: number; step: number; rows: number; context: number },
): Promise<Batch> {
  const at = stream(seed, 'batch', step);
  const places = source.tokens - context;
  return windows(
    source,
    context,
    Array.from({ length: rows }, (_, row) => Math.floor((at(row) / 2 ** 32) * places)),
  );
}

/** The windows that begin at `starts`. */
export async function windows(source: TokenSource, context: number, starts: readonly number[]): Promise<Batch> {
  const rows = starts.length;
  const inputs = new Int32Array(rows * context);
  const targets = new Int32Array(rows * context);
  for (const [row, start] of starts.entries()) {
    const ids = await source.read(start, context + 1);
    inputs.set(ids.subarray(0, context), row * context);
    targets.set(ids.subarray(1), row * context);
  }
  return { rows, context, inputs, targets };
}
