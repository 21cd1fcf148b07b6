import type { Pair } from '../text/textMetric';
import { labelOf, differentLabels } from './labels';

/** Confusion matrix: how often each label was predicted for each expected one. */
export interface Confusion {
  labels: string[];
  /** [expected, predicted], both in the order of `labels` */
  counts: number[][];
}

export function confusionOf(pairs: readonly Pair[]): Confusion {
  const labels = [...differentLabels(pairs.flatMap(({ output, wanted }) => [output, wanted]))];
  const places = new Map(labels.map((label, place) => [label, place]));
  const counts = labels.map(() => new Array<number>(labels.length).fill(0));
  for (const { output, wanted } of pairs) counts[places.get(labelOf(wanted))!]![places.get(labelOf(output))!]!++;
  return { labels, counts };
}
