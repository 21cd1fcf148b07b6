/** Windows of a text for training steps and evaluations. */
import { stream } from '../base/rng';
import type { TokenSource } from '../shards/manifest';
import { type Batch, type Batches, drawnOf, rowsToMeasure, readWindows } from './batch';

interface Windowed {
  /** Tokens in a window of this context; increases with the context. */
  reach(context: number): number;
  /** Tokens that an evaluation's next window reads again. */
  shared?: number;
  /** Training windows begin at multiples of this number of tokens; absent or 0: anywhere. */
  stride?: number;
  /** Makes a batch of windows of `reach(context)` ids. */
  of(windows: readonly Uint32Array[], at: WindowPlace): Batch;
}
/** Seeds an objective's own randomness: windows are numbered from `first` in their step or evaluation. */
interface WindowPlace {
  context: number;
  seed: number;
  /** 0 in evaluations. */
  step: number;
  first: number;
}

/**
 * Batches of windows. Training windows begin anywhere, or at multiples of a stride, uniformly (as in nanoGPT's get_batch).
 * Evaluation windows are consecutive, overlap by at most `shared`, and are spread evenly over the part, with at most `tokens`
 * tokens. Batches have `rows` windows unless the part has fewer. A part shorter than a window is one window of the longest
 * possible context.
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

/** Longest context, up to this one, whose row fits in `tokens`; 0 if there is none. */
export function fittingContext(context: number, reach: (context: number) => number, tokens: number): number {
  let [fits, not] = [0, context + 1];
  while (not - fits > 1) {
    const middle = Math.floor((fits + not) / 2);
    if (reach(middle) <= tokens) fits = middle;
    else not = middle;
  }
  return fits;
}
