/** Significance test of two models on one text. */
import { HomegrownError } from '../base/errors';
import { atOnce } from '../base/job';
import { counted } from '../base/units';
import { MIN_UNITS, intervals } from '../metrics/intervals/interval';
import { summed } from '../metrics/intervals/units';

type Verdict = 'better' | 'worse' | 'not distinguishable';

interface Comparison {
  /** Bits per byte of the second model minus those of the first: negative if the second is better. */
  difference: number;
  low: number;
  high: number;
  /** Verdict on the second model. */
  verdict: Verdict;
  /** Number of pieces of text; present only if they are too few to decide. */
  blocks?: number;
  /** Estimated multiple of the text that would decide; absent if the comparison is decided. */
  times?: number;
}

/**
 * Compares two models by a paired bootstrap: each resample takes both models' bits on the same blocks of text.
 * @param first nats of each block
 * @param second nats of each block by the other model
 * @param bytes of each block
 * @throws HomegrownError `diverged` if a model's nats are not finite
 * Source: Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation", section 3
 */
export function compare(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  bytes: ArrayLike<number>,
  seed = 0,
): Comparison {
  const rows = Array.from({ length: bytes.length }, (_, i) => [second[i]! - first[i]!, bytes[i]!]);
  const bitsPerByte = ([nats, totalBytes]: readonly number[]): number => nats! / Math.LN2 / totalBytes!;
  const difference = bitsPerByte(summed(rows));
  if (!Number.isFinite(difference))
    throw new HomegrownError(
      'diverged',
      'One of the two models has losses that are not finite: its training diverged.',
      'Compare an earlier step.',
    );
  const [interval] = atOnce(intervals(rows, [{ of: bitsPerByte }], seed));
  // Too few pieces, or equal ones, can have no interval.
  const { low, high } = interval ?? { low: difference, high: difference };
  const result = { difference, low, high };
  if (rows.length < MIN_UNITS) return { ...result, verdict: 'not distinguishable', blocks: rows.length };
  if (high < 0) return { ...result, verdict: 'better' };
  if (low > 0) return { ...result, verdict: 'worse' };
  // An interval's width shrinks with the square root of the amount of text.
  const relativeWidth = (high - low) / 2 / Math.abs(difference);
  return {
    ...result,
    verdict: 'not distinguishable',
    ...(Number.isFinite(relativeWidth) && { times: Math.max(1.1, relativeWidth ** 2) }),
  };
}

/** `better by 0.04 ± 0.01 bits per byte`, or how much more text would decide. */
export function comparisonWords({ difference, low, high, blocks, verdict, times }: Comparison): string {
  if (blocks !== undefined)
    return `no significant difference: the text is too short (${counted(blocks, 'piece')} of 1 kB; ${MIN_UNITS} are needed)`;
  const size = Math.abs(difference);
  const digits = size > 0 ? Math.max(2, 1 - Math.floor(Math.log10(size))) : 2;
  const amount = `${size.toFixed(digits)} ± ${((high - low) / 2).toFixed(digits)} bits per byte`;
  if (verdict !== 'not distinguishable') return `${verdict} by ${amount}`;
  const needed =
    times === undefined
      ? ''
      : `; ${times > 99 ? 'more than 99' : times.toFixed(times < 10 ? 1 : 0)} times as much text would decide`;
  return `no significant difference${needed}`;
}
