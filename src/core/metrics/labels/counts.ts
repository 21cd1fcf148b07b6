/** Counts of a classifier's predictions on held-out texts by label, recorded with each evaluation of a run. */
import { labelsIn } from '../../base/labels';
import { z } from '../../base/zod';
import type { Pair } from '../text/textMetric';
import type { Confusion } from './confusion';

/** Predicted and expected labels of texts; several labels are separated by |. */
export interface LabeledPairs {
  /** In the order of the classifier's scores. */
  labels: readonly string[];
  /** Whether a text can have any number of labels. */
  several: boolean;
  pairs: readonly Pair[];
}

const count = z.int().nonnegative();
/** Counts by label, as indices among the classifier's labels. */
export const labelCountsSchema = z.object({
  texts: count,
  /** Number of texts whose predicted labels equal the expected ones. */
  right: count,
  /** [actual, predicted, texts] for each pair that occurs; absent if texts have several labels. */
  cells: z.array(z.tuple([count, count, count])).exactOptional(),
  /** [true positives, false negatives, false positives] of each label; absent if a text has one label. */
  each: z.array(z.tuple([count, count, count])).exactOptional(),
});
export type LabelCounts = z.infer<typeof labelCountsSchema>;

export function labelCounts({ labels, several, pairs }: LabeledPairs): LabelCounts {
  const places = new Map(labels.map((label, place) => [label, place]));
  const placesOf = (label: string): readonly number[] =>
    (several ? labelsIn(label) : [label]).map((one) => places.get(one)!);
  const cells = new Map<string, [number, number, number]>();
  const each = labels.map((): [number, number, number] => [0, 0, 0]);
  let right = 0;
  for (const { output, wanted } of pairs) {
    const [given, actual] = [placesOf(output), placesOf(wanted)];
    if (given.length === actual.length && given.every((place) => actual.includes(place))) right++;
    if (several) {
      for (const place of actual) each[place]![given.includes(place) ? 0 : 1]++;
      for (const place of given) if (!actual.includes(place)) each[place]![2]++;
      continue;
    }
    const key = `${actual[0]} ${given[0]}`;
    const cell = cells.get(key) ?? [actual[0]!, given[0]!, 0];
    cell[2]++;
    cells.set(key, cell);
  }
  return { texts: pairs.length, right, ...(several ? { each } : { cells: [...cells.values()] }) };
}

/** Confusion matrix of all of a classifier's labels; undefined if texts have several. */
export function confusionIn({ cells }: LabelCounts, labels: readonly string[]): Confusion | undefined {
  if (!cells) return undefined;
  const counts = labels.map(() => new Array<number>(labels.length).fill(0));
  for (const [actual, predicted, texts] of cells) counts[actual]![predicted]! += texts;
  return { labels: [...labels], counts };
}
