/** Classifiers without training, as baselines, and their metrics. */
import { labelsAsOne, placesAmong } from '../../base/labels';
import type { Pause } from '../../base/job';
import { type LabelMetricId, labelMetrics } from '../../metrics/labels';
import { type Pair, scoreOf } from '../../metrics/text/textMetric';
import type { Classes } from '../../models/spec';
import { naiveBayes, naiveBayesOfEach } from './naiveBayes';

export interface LabeledText {
  text: string;
  label: string;
}

/** A text with any number of labels, by their indices. */
export interface SeveralLabels {
  text: string;
  places: readonly number[];
}

/** Predicts the most common label; ties go to the first in character order. */
function majority(training: readonly LabeledText[]): (text: string) => string {
  const counts = new Map<string, number>();
  for (const { label } of training) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [commonest] = [...counts].sort(([a, some], [b, others]) => others - some || (a < b ? -1 : 1))[0]!;
  return () => commonest;
}

/** Baselines by id: each takes at least one training text, and returns a classifier. */
export const LABEL_BASELINES = { majority, naiveBayes } as const satisfies Record<
  string,
  (training: readonly LabeledText[]) => (text: string) => string
>;

/** Predicts labels of more than half of the texts, like DummyClassifier(strategy='most_frequent') of scikit-learn 1. */
function majorityOfEach(training: readonly SeveralLabels[], labels: number): () => readonly number[] {
  const counts = new Uint32Array(labels);
  for (const { places } of training) for (const place of places) counts[place]!++;
  const common = [...counts.keys()].filter((place) => 2 * counts[place]! > training.length);
  return () => common;
}

/** Baselines for texts with any number of labels. */
export const LABEL_BASELINES_OF_EACH = {
  majority: majorityOfEach,
  naiveBayes: naiveBayesOfEach,
} as const satisfies Record<
  keyof typeof LABEL_BASELINES,
  (training: readonly SeveralLabels[], labels: number) => (text: string) => readonly number[]
>;

type LabelBaselineId = keyof typeof LABEL_BASELINES;
export const LABEL_BASELINE_IDS = Object.keys(LABEL_BASELINES) as LabelBaselineId[];

/**
 * Metrics of the majority class and of naive Bayes.
 * @param held texts with the labels to find
 * @param training texts to count, at least one
 */
export async function measureLabelBaselines(
  held: readonly LabeledText[],
  training: readonly LabeledText[],
  classes: Pick<Classes, 'labels' | 'several'>,
  pause: Pause,
): Promise<Record<LabelBaselineId, Record<LabelMetricId, number>>> {
  const { labels, several = false } = classes;
  const { accuracy, macroF1 } = labelMetrics(labels, several);
  const measured: [LabelBaselineId, Record<LabelMetricId, number>][] = [];
  for (const name of LABEL_BASELINE_IDS) {
    const label = several ? ofEach(name, training, labels) : LABEL_BASELINES[name](training);
    const given: Pair[] = [];
    for (const { text, label: wanted } of held) {
      given.push({ output: label(text), wanted });
      if (given.length % A_TURN === 0) await pause();
    }
    measured.push([name, { accuracy: scoreOf(accuracy, given), macroF1: scoreOf(macroF1, given) }]);
  }
  return Object.fromEntries(measured) as Record<LabelBaselineId, Record<LabelMetricId, number>>;
}
/** Number of texts between pauses. */
const A_TURN = 64;

/** Multilabel baseline as a function from texts to joined labels. */
function ofEach(
  name: LabelBaselineId,
  training: readonly LabeledText[],
  labels: readonly string[],
): (text: string) => string {
  const placesOf = placesAmong(labels, true);
  const texts = training.map(({ text, label }) => ({ text, places: placesOf(label) ?? [] }));
  const give = LABEL_BASELINES_OF_EACH[name](texts, labels.length);
  return (text) => labelsAsOne(give(text).map((place) => labels[place]!));
}
