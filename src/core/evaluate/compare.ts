/** Whether one model is better than another on a text, or cannot be told from it. */
import { quantile, resampled } from '../metrics/text/bootstrap';
import { summed } from '../metrics/text/textMetric';

export type Verdict = 'better' | 'worse' | 'not distinguishable';

export interface Comparison {
  /** Bits per byte of the second less those of the first: below 0 where it is the better one. */
  difference: number;
  low: number;
  high: number;
  /** Of the second. */
  verdict: Verdict;
  /** As much of the text as would decide, as far as can be told; absent where it is decided. */
  times?: number;
}

/**
 * By a paired bootstrap: blocks of text are drawn, and each model's bits of the same blocks.
 * @param first nats of each block
 * @param second the same of the other model
 * @param bytes of each block
 * Source: Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation", section 3
 */
export function compare(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  bytes: ArrayLike<number>,
  seed = 0,
): Comparison {
  const rows = Array.from({ length: bytes.length }, (_, i) => [second[i]! - first[i]!, bytes[i]!]);
  const bits = ([nats, all]: readonly number[]): number => nats! / Math.LN2 / all!;
  const values = resampled(rows, bits, seed).sort();
  const [low, high] = [quantile(values, 0.025), quantile(values, 0.975)];
  const difference = bits(summed(rows));
  // Few blocks drawn again and again are too much alike: an interval of them promises more than it holds.
  if (rows.length < FEWEST) return { difference, low, high, verdict: 'not distinguishable' };
  if (high < 0) return { difference, low, high, verdict: 'better' };
  if (low > 0) return { difference, low, high, verdict: 'worse' };
  // An interval shrinks with the root of how much is measured.
  const wide = (high - low) / 2 / Math.abs(difference);
  return {
    difference,
    low,
    high,
    verdict: 'not distinguishable',
    ...(Number.isFinite(wide) && { times: Math.max(1.1, wide ** 2) }),
  };
}

/** Blocks by which anything is decided. */
const FEWEST = 10;

/** `better by 0.04 ± 0.01 bits per byte`, or how much more text would decide. */
export function comparisonWords({ difference, low, high, verdict, times }: Comparison): string {
  const size = Math.abs(difference);
  const digits = size > 0 ? Math.max(2, 1 - Math.floor(Math.log10(size))) : 2;
  const by = `${size.toFixed(digits)} ± ${((high - low) / 2).toFixed(digits)} bits per byte`;
  if (verdict !== 'not distinguishable') return `${verdict} by ${by}`;
  const more =
    times === undefined
      ? ''
      : `; ${times > 99 ? 'more than 99' : times.toFixed(times < 10 ? 1 : 0)} times as much would decide`;
  return `not distinguishable on this much text${more}`;
}
