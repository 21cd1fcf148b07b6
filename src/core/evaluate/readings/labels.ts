/** Pairs whose targets are labels: predicts the likeliest label for each input. */
import { withPauses } from '../../base/job';
import { LABEL_METRIC_IDS, type LabelMetricId, labelMetrics } from '../../metrics/labels';
import { confusionOf } from '../../metrics/labels/confusion';
import { labelOf, LABELS_ARE, labelsAmong } from '../../metrics/labels/labels';
import { estimates } from '../../metrics/text/estimate';
import { scoreOf } from '../../metrics/text/textMetric';
import { type Pair, textOf } from '../../objectives/pairRows';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { tokenizePair } from '../promptFormat';
import type { Evaluation } from '../evaluation';
import { figureFacts } from '../figures';
import { LABEL_BASELINES, type LabeledText } from '../../objectives/baselines/labelBaselines';
import { NOT_COUNTED } from '../textBaselines';
import { targetNats } from '../tokenScores';
import { FOR_PAIRS, checkHasPairs } from './answers';
import { withoutInterval } from './figuresOf';
import type { ReadingContext, Reading } from './reading';

export const labels: Reading = {
  figures: LABEL_METRIC_IDS,
  baselines: ['majority', 'naiveBayes'],
  ...FOR_PAIRS,
  async read(read) {
    const { tokenizer, request, isRequested, pause } = read;
    const { pairs = [], trainingPairs = [], seed } = request;
    checkHasPairs(pairs);
    const ids = LABEL_METRIC_IDS.filter(isRequested);
    const heldOut = pairs.map((pair) => labeledPair(tokenizer, pair));
    const training = trainingPairs.map((pair) => labeledPair(tokenizer, pair));
    const labels = labelsAmong(labelsOf(heldOut)) && labelsAmong(labelsOf([...heldOut, ...training]));
    // Reports targets that aren't labels only if a label metric was requested by name.
    if (!labels) return { leftOut: request.metrics ? ids.map((name) => ({ name, reason: NO_LABELS })) : [] };
    const targets = new Map([...training, ...heldOut].map(({ label, target }) => [label, target]));
    const predictions = await likeliestLabels(
      pairs,
      labels.map((label) => targets.get(label)!),
      read,
    );
    const outputPairs = heldOut.map(({ label }, i) => ({ output: labels[predictions[i]!]!, wanted: label }));
    const metricsById = labelMetrics(labels);
    const metricList = ids.map((id) => metricsById[id]);
    const estimated = await withPauses(estimates(metricList, outputPairs, seed), pause);
    const metrics: Evaluation['metrics'] = Object.fromEntries(
      ids.map((id, i) => [id, { ...estimated[i]!, unit: figureFacts(id).unit }]),
    );
    const { baselines, leftOut } = baselinesOf(heldOut, training, labels);
    return {
      metrics,
      baselines,
      confusion: confusionOf(outputPairs),
      leftOut: [...withoutInterval(metrics, pairs.length, 'pair'), ...leftOut],
    };
  },
};
const NO_LABELS = `The targets are not labels: ${LABELS_ARE}.`;

const labeledPair = (tokenizer: Tokenizer, { input, target }: Pair): LabeledText & Pick<Pair, 'target'> => ({
  text: textOf(tokenizer, input),
  label: labelOf(textOf(tokenizer, target)),
  target,
});
const labelsOf = (texts: readonly LabeledText[]): readonly string[] => texts.map(({ label }) => label);

/**
 * Scores whole labels with their end tokens, as in training; equal labels tie to the first.
 * @param targets tokens of each label
 * @returns index of the likeliest label of each pair
 */
async function likeliestLabels(
  pairs: readonly Pair[],
  targets: readonly Pair['target'][],
  { network, tokenizer, pause, report }: ReadingContext,
): Promise<readonly number[]> {
  const predictions: number[] = [];
  for (let start = 0; start < pairs.length; start += BATCH_SIZE) {
    report({ label: 'Choosing labels', done: start, of: pairs.length, unit: 'pairs' });
    const batch = pairs.slice(start, start + BATCH_SIZE);
    const inputs = batch.flatMap((pair) =>
      targets.map((target) => tokenizePair(network.choice, tokenizer, { ...pair, target })),
    );
    const nats = await targetNats(network, inputs, pause);
    for (const i of batch.keys()) {
      const labelNats = nats.subarray(i * targets.length, (i + 1) * targets.length);
      // A diverged model's NaN nats have no minimum.
      predictions.push(Math.max(0, labelNats.indexOf(Math.min(...labelNats))));
    }
  }
  return predictions;
}
const BATCH_SIZE = 16;

function baselinesOf(
  heldOut: readonly LabeledText[],
  training: readonly LabeledText[],
  labels: readonly string[],
): Pick<Evaluation, 'baselines' | 'leftOut'> {
  const names = Object.keys(LABEL_BASELINES) as (keyof typeof LABEL_BASELINES)[];
  if (training.length === 0) return { baselines: {}, leftOut: names.map((name) => ({ name, reason: NOT_COUNTED })) };
  const metricsById = labelMetrics(labels);
  const scoresOf = (predict: (text: string) => string): Record<LabelMetricId | 'exactMatch', number> => {
    const outputPairs = heldOut.map(({ text, label: wanted }) => ({ output: predict(text), wanted }));
    const accuracy = scoreOf(metricsById.accuracy, outputPairs);
    return { accuracy, macroF1: scoreOf(metricsById.macroF1, outputPairs), exactMatch: accuracy };
  };
  return {
    baselines: Object.fromEntries(names.map((name) => [name, scoresOf(LABEL_BASELINES[name](training))])),
    leftOut: [],
  };
}
