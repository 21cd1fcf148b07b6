/** Baselines of a classifier: label frequency, majority class and naive Bayes. */
import type { Pause } from '../base/job';
import { labelsAsOne, labelsIn, NO_LABELS, placesAmong } from '../base/labels';
import type { PartSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type BaselineFacts, countOf } from './facts';
import { type LabeledText, measureLabelBaselines } from './baselines/labelBaselines';
import { MAX_COUNTED_TOKENS } from './baselines/nGramFacts';
import { textOf } from './pairRows';

type Counts = Readonly<Record<string, number>>;

/** @param several whether a document may have several labels */
export async function measureLabels(
  train: PartSource,
  validation: PartSource,
  tokenizer: Tokenizer,
  several: boolean,
  pause: Pause,
): Promise<Pick<BaselineFacts, 'labels'>> {
  const [training, held] = [await countsIn(train, several), await countsIn(validation, several)];
  if (Object.keys(training).length === 0) return {};
  const accuracy = await accuracies(train, validation, tokenizer, several, pause);
  return { labels: { train: training, validation: held, ...(accuracy && { accuracy }) } };
}

/** Accuracies of the baselines; undefined if the texts are too long to count, or if the validation set is empty. */
async function accuracies(
  train: PartSource,
  validation: PartSource,
  tokenizer: Tokenizer,
  several: boolean,
  pause: Pause,
): Promise<NonNullable<BaselineFacts['labels']>['accuracy']> {
  if (train.tokens > MAX_COUNTED_TOKENS || validation.tokens > MAX_COUNTED_TOKENS) return undefined;
  const [training, held] = [await textsIn(train, tokenizer, pause), await textsIn(validation, tokenizer, pause)];
  if (held.length === 0) return undefined;
  const namesOf = ({ label }: LabeledText): readonly string[] => (several ? labelsIn(label) : [label]);
  const labels = [...new Set([...training, ...held].flatMap(namesOf))].sort();
  const placesOf = placesAmong(labels, several);
  const inOrder = held.map(({ text, label }) => ({
    text,
    label: labelsAsOne(placesOf(label)!.map((at) => labels[at]!)),
  }));
  const { majority, naiveBayes } = await measureLabelBaselines(
    inOrder,
    training,
    { labels, ...(several && { several }) },
    pause,
  );
  return { majority: majority.accuracy, naiveBayes: naiveBayes.accuracy };
}

/** Texts that have a label and at least one token. */
async function textsIn(part: PartSource, tokenizer: Tokenizer, pause: Pause): Promise<readonly LabeledText[]> {
  const ids = await part.read(0, part.tokens);
  const texts: LabeledText[] = [];
  for (const { start, tokens, label } of (await part.documents()) ?? []) {
    if (label === null || tokens === 0) continue;
    texts.push({ label, text: textOf(tokenizer, ids.subarray(start, start + tokens)) });
    if (texts.length % A_TURN === 0) await pause();
  }
  return texts;
}
/** Number of texts between pauses. */
const A_TURN = 256;

/** Number of texts per label. A text with several labels counts for each; one without labels counts for `NO_LABELS`. */
async function countsIn(part: PartSource, several: boolean): Promise<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { label, tokens } of (await part.documents()) ?? [])
    if (label !== null && tokens > 0)
      for (const one of several ? severalIn(label) : [label]) counts.set(one, (counts.get(one) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function severalIn(label: string): readonly string[] {
  const labels = labelsIn(label);
  return labels.length > 0 ? labels : [NO_LABELS];
}

/** Nats per text of guessing by label frequency; a label that the training set lacks counts as seen once. */
export function priorLoss(training: Counts, held: Counts): number {
  const sum = (counts: Counts): number => Object.values(counts).reduce((a, b) => a + b, 0);
  const all = sum(training);
  const nats = Object.entries(held).map(([label, count]) => -count * Math.log((countOf(training, label) || 1) / all));
  return nats.reduce((a, b) => a + b, 0) / sum(held);
}
