/** Pairs whose targets are labels: predicts the likeliest label for each input. */
import { withPauses } from '../../base/job';
import { LABEL_METRIC_IDS, type LabelMetricId, labelMetrics } from '../../metrics/labels';
import { confusionOf } from '../../metrics/labels/confusion';
import { labelOf, LABELS_ARE, labelsAmong } from '../../metrics/labels/labels';
import { estimates } from '../../metrics/text/estimate';
import { scoreOf } from '../../metrics/text/textMetric';
import { type Pair, textOf } from '../../objectives/pairRows';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { pairAsked } from '../asked';
import type { Evaluation } from '../evaluation';
import { figureFacts } from '../figures';
import { LABEL_BASELINES, type LabeledText } from '../../objectives/baselines/labelBaselines';
import { NOT_COUNTED } from '../textBaselines';
import { wantedNats } from '../tokenScores';
import { ANSWERING, checkHasPairs } from './answers';
import { withoutInterval } from './figuresOf';
import type { Read, Reading } from './reading';

export const labels: Reading = {
  figures: LABEL_METRIC_IDS,
  baselines: ['majority', 'naiveBayes'],
  ...ANSWERING,
  async read(read) {
    const { tokenizer, asked, isAsked, pause } = read;
    const { pairs = [], trainingPairs = [], seed } = asked;
    checkHasPairs(pairs);
    const ids = LABEL_METRIC_IDS.filter(isAsked);
    const held = pairs.map((pair) => labeledPair(tokenizer, pair));
    const training = trainingPairs.map((pair) => labeledPair(tokenizer, pair));
    const labels = labelsAmong(labelsOf(held)) && labelsAmong(labelsOf([...held, ...training]));
    // Reports targets that aren't labels only if a label metric was requested by name.
    if (!labels) return { leftOut: asked.metrics ? ids.map((name) => ({ name, reason: NO_LABELS })) : [] };
    const targets = new Map([...training, ...held].map(({ label, target }) => [label, target]));
    const chosen = await likeliest(
      pairs,
      labels.map((label) => targets.get(label)!),
      read,
    );
    const given = held.map(({ label }, i) => ({ output: labels[chosen[i]!]!, wanted: label }));
    const all = labelMetrics(labels);
    const own = ids.map((id) => all[id]);
    const found = await withPauses(estimates(own, given, seed), pause);
    const metrics: Evaluation['metrics'] = Object.fromEntries(
      ids.map((id, i) => [id, { ...found[i]!, unit: figureFacts(id).unit }]),
    );
    const { baselines, leftOut } = baselinesOf(held, training, labels);
    return {
      metrics,
      baselines,
      confusion: confusionOf(given),
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
const labelsOf = (all: readonly LabeledText[]): readonly string[] => all.map(({ label }) => label);

/**
 * Scores whole labels with their end tokens, as in training; equal labels tie to the first.
 * @param targets tokens of each label
 * @returns index of the likeliest label of each pair
 */
async function likeliest(
  pairs: readonly Pair[],
  targets: readonly Pair['target'][],
  { network, tokenizer, pause, report }: Read,
): Promise<readonly number[]> {
  const chosen: number[] = [];
  for (let first = 0; first < pairs.length; first += AT_ONCE) {
    report({ label: 'Choosing labels', done: first, of: pairs.length, unit: 'pairs' });
    const some = pairs.slice(first, first + AT_ONCE);
    const reads = some.flatMap((pair) =>
      targets.map((target) => pairAsked(network.choice, tokenizer, { ...pair, target })),
    );
    const nats = await wantedNats(network, reads, pause);
    for (const i of some.keys()) {
      const own = nats.subarray(i * targets.length, (i + 1) * targets.length);
      // A diverged model's NaN nats have no minimum.
      chosen.push(Math.max(0, own.indexOf(Math.min(...own))));
    }
  }
  return chosen;
}
const AT_ONCE = 16;

function baselinesOf(
  held: readonly LabeledText[],
  training: readonly LabeledText[],
  labels: readonly string[],
): Pick<Evaluation, 'baselines' | 'leftOut'> {
  const names = Object.keys(LABEL_BASELINES) as (keyof typeof LABEL_BASELINES)[];
  if (training.length === 0) return { baselines: {}, leftOut: names.map((name) => ({ name, reason: NOT_COUNTED })) };
  const all = labelMetrics(labels);
  const scoresOf = (label: (text: string) => string): Record<LabelMetricId | 'exactMatch', number> => {
    const given = held.map(({ text, label: wanted }) => ({ output: label(text), wanted }));
    const accuracy = scoreOf(all.accuracy, given);
    return { accuracy, macroF1: scoreOf(all.macroF1, given), exactMatch: accuracy };
  };
  return {
    baselines: Object.fromEntries(names.map((name) => [name, scoresOf(LABEL_BASELINES[name](training))])),
    leftOut: [],
  };
}
