/** Spans of a row that are taken out by given numbers, for ours.ts. */
import { corrupted, spanLengths, spanReach } from '../src/core/objectives/spans';

export interface SpanCase {
  ids: readonly number[];
  maskRate: number;
  spanLength: number;
  /** What is drawn, in [0, 1). */
  numbers: readonly number[];
  /** The first sentinel, from which they count down, and the end. */
  sentinel: number;
  end: number;
}

/** Of each row, what an encoder reads and what a decoder answers, and how much text a row of a context reads. */
export const spansOf = ({ spans, contexts }: { spans: readonly SpanCase[]; contexts: readonly SpanContext[] }) => ({
  rows: spans.map(({ ids, numbers, sentinel, end, ...settings }) => {
    let n = 0;
    const lengths = spanLengths(ids.length, settings, () => numbers[n++]!);
    return corrupted(Uint32Array.from(ids), lengths, (i) => sentinel - i, end);
  }),
  reaches: contexts.map(({ context, ...settings }) => spanReach(context, settings)),
});
export interface SpanContext {
  context: number;
  maskRate: number;
  spanLength: number;
}
