/** The stretches of a run, each on data of its own: what one was measured on does not compare with the next. */
import type { RunRecord } from './record';
import type { DataFacts } from './settings';

export interface Segment {
  /** It begins after this step; 0 for the first, which has the measurement at step 0 as well. */
  after: number;
  /** Null where it is not known. */
  data: DataFacts | null;
}

export const segmentsOf = ({
  earlier = [],
  data,
}: Pick<RunRecord, 'earlier' | 'data'>): readonly [Segment, ...Segment[]] => {
  const after = [0, ...earlier.map(({ until }) => until)];
  const all = [...earlier.map((segment) => segment.data), data].map((facts, i) => ({ after: after[i]!, data: facts }));
  return all as [Segment, ...Segment[]];
};

/** Index of the segment that a step belongs to. */
export const segmentAt = (segments: readonly Segment[], step: number): number =>
  Math.max(
    0,
    segments.findLastIndex(({ after }) => after < step),
  );

/** Tells what was measured on the data that a step learnt from: the rest does not compare with it. */
export function isMeasuredAlike(
  record: Pick<RunRecord, 'earlier' | 'data'>,
  step: number,
): (measured: { readonly step: number }) => boolean {
  const segments = segmentsOf(record);
  const at = segmentAt(segments, step);
  return (measured) => segmentAt(segments, measured.step) === at;
}

/** The newest evaluation up to a step that was made on the data of that step. */
export const measuredAt = <E extends { readonly step: number }>(
  record: Pick<RunRecord, 'earlier' | 'data'>,
  evaluations: readonly E[],
  step: number,
): E | undefined => evaluations.filter(isMeasuredAlike(record, step)).findLast((evaluation) => evaluation.step <= step);

/**
 * A run that goes on from a saved step, with data that may be other than it had: then what it had until there is kept as
 * an earlier segment, if it has any steps.
 */
export function continued(
  record: RunRecord,
  step: number,
  { manifest, data }: Pick<RunRecord, 'manifest' | 'data'>,
): RunRecord {
  const { earlier: _, ...rest } = record;
  const past = segmentsOf(record)
    .filter(({ after }) => after < step)
    .map((segment, i, all) => ({ until: all[i + 1]?.after ?? step, data: segment.data }));
  const last = past.at(-1);
  if (last && isSameData(last.data, data)) past.pop();
  return { ...rest, manifest, data, ...(past.length > 0 && { earlier: past }) };
}

/** The same texts, cut into the same parts. */
export const isSameData = (a: DataFacts | null, b: DataFacts | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    (['textHash', 'trainTokens', 'trainBytes', 'validationTokens', 'validationBytes', 'eachText'] as const).every(
      (fact) => a[fact] === b[fact],
    ));
