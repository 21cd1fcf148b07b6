/** Which label a text is given without a model. */
import { naiveBayes, naiveBayesOfEach } from './naiveBayes';

export interface LabelledText {
  text: string;
  label: string;
}

/** A text that has any number of labels, by their places. */
export interface SeveralLabels {
  text: string;
  places: readonly number[];
}

/** Always the commonest label; of like ones the first in the order of their characters. */
function majority(learnt: readonly LabelledText[]): (text: string) => string {
  const counts = new Map<string, number>();
  for (const { label } of learnt) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [commonest] = [...counts].sort(([a, some], [b, others]) => others - some || (a < b ? -1 : 1))[0]!;
  return () => commonest;
}

/** By the names of BASELINES: each learns from texts, one at least, and then gives a label to any. */
export const LABEL_BASELINES = { majority, naiveBayes } as const satisfies Record<
  string,
  (learnt: readonly LabelledText[]) => (text: string) => string
>;

/** Always the labels that more than half of the texts have. As DummyClassifier(strategy='most_frequent') of scikit-learn 1 */
function majorityOfEach(learnt: readonly SeveralLabels[], labels: number): () => readonly number[] {
  const counts = new Uint32Array(labels);
  for (const { places } of learnt) for (const place of places) counts[place]!++;
  const common = [...counts.keys()].filter((place) => 2 * counts[place]! > learnt.length);
  return () => common;
}

/** The same where a text has any number of labels. */
export const LABEL_BASELINES_OF_EACH = {
  majority: majorityOfEach,
  naiveBayes: naiveBayesOfEach,
} as const satisfies Record<
  keyof typeof LABEL_BASELINES,
  (learnt: readonly SeveralLabels[], labels: number) => (text: string) => readonly number[]
>;
