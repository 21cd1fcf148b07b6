/** Windows of a stream that begin at multiples of a stride. */
import { counted, formatCount, formatShare } from '../base/units';
import type { TokenSource } from '../shards/manifest';
import type { InRows } from './objective';

interface Strides {
  rows: number;
  /** Tokens that no window predicts: before the first, after the last, and between windows of a long stride. */
  left: number;
  /** Mean number of windows that predict a token far from the ends of the text. */
  times: number;
}

/** Counts windows of `context` tokens plus the next token that fit in a part of `tokens`. */
export function stridesOf(tokens: number, context: number, stride: number): Strides {
  const rows = Math.max(0, Math.ceil((tokens - context) / stride));
  const predicted = rows === 0 ? 0 : (rows - 1) * Math.min(stride, context) + context;
  return { rows, left: tokens - predicted, times: context / stride };
}

/** Layout of a part's rows. */
export function stridesInRows({ tokens }: TokenSource, context: number, stride: number): InRows {
  const { rows, left, times } = stridesOf(tokens, context, stride);
  const again =
    times > 1
      ? ` Most tokens are in ${formatCount(Math.floor(times))}${Number.isInteger(times) ? '' : ` or ${formatCount(Math.ceil(times))}`} windows.`
      : '';
  const words =
    `${counted(rows, 'window')} of ${formatCount(context)} tokens, one every ${formatCount(stride)}: ` +
    `${counted(left, 'token')} (${formatShare(left / Math.max(1, tokens))}) unused, no padding.${again}`;
  return { rows, words, isCut: false };
}
