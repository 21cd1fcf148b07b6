/** Windows of a text: which of them a step learns from, and which an evaluation reads. */
import { stream } from '../base/rng';
import type { TokenSource } from '../shards/manifest';
import { type Batch, type Batches, drawnOf, rowsToMeasure, readWindows } from './batch';

interface Windowed {
  /** Tokens that a window of this context reads: more of them for a longer one. */
  reach(context: number): number;
  /** Those of them that the next window of an evaluation reads too. */
  shared?: number;
  /** Training reads windows that begin at its multiples; absent or 0: anywhere. */
  stride?: number;
  /** What is made of windows of `reach(context)` ids. */
  of(windows: readonly Uint32Array[], at: WindowPlace): Batch;
}
/** What makes randomness of an objective's own: a window's number in its step, or in the evaluation, is `first` and more. */
interface WindowPlace {
  context: number;
  seed: number;
  /** 0 where it is evaluated. */
  step: number;
  first: number;
}

/**
 * Training reads windows that begin anywhere, or at multiples of a stride, each place equally likely (as nanoGPT's get_batch). Evaluations read windows
 * end to end, none overlapping by more than `shared`, spread evenly over the part, `tokens` tokens of them at most. Batches
 * are whole (`rows` windows each) unless the part has fewer windows than that; a part shorter than one window is one window
 * of the longest context that there is text for.
 */
export function windows(
  source: TokenSource,
  context: number,
  { reach, shared = 0, stride: every = 0, of }: Windowed,
): Batches {
  return {
    async training({ seed, step, first, rows }) {
      const at = stream(seed, 'batch', step);
      const apart = Math.max(1, every);
      const places = Math.ceil((source.tokens - reach(context) + 1) / apart);
      const starts = Array.from({ length: rows }, (_, row) => apart * drawnOf(places, at(first + row)));
      return of(await readWindows(source, starts, reach(context)), { context, seed, step, first });
    },
    async *evaluation(max) {
      const width = fittingContext(context, reach, source.tokens);
      if (width < 1) return;
      const stride = reach(width) - shared;
      const places = Math.floor((source.tokens - shared) / stride);
      const count = rowsToMeasure(places, width, max);
      const starts = Array.from({ length: count }, (_, i) => Math.floor((i * places) / count) * stride);
      for (let first = 0; first < count; first += max.rows) {
        const some = starts.slice(first, first + max.rows);
        const batch = of(await readWindows(source, some, reach(width)), { context: width, seed: 0, step: 0, first });
        yield { ...batch, rows: some.length, context: width };
      }
    },
  };
}

/** Longest context, up to this one, that has a row in so many tokens; 0 where there is none. */
export function fittingContext(context: number, reach: (context: number) => number, tokens: number): number {
  let [fits, not] = [0, context + 1];
  while (not - fits > 1) {
    const middle = Math.floor((fits + not) / 2);
    if (reach(middle) <= tokens) fits = middle;
    else not = middle;
  }
  return fits;
}
