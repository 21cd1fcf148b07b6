/** Spans removed from a row for given random numbers, for ours.ts. */
import { corrupted, spanLengths, spanReach } from '../src/core/objectives/spans';

export interface SpanCase {
  ids: readonly number[];
  maskRate: number;
  spanLength: number;
  /** Random numbers, in [0, 1). */
  numbers: readonly number[];
  /** Id of the first sentinel, from which they count down, and of the end token. */
  sentinel: number;
  end: number;
}

/** Encoder input and decoder target of each row, and the amount of text that fills a row of a context. */
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
