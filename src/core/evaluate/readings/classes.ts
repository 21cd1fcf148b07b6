/** Labeled texts: a classifier's predictions, confidence and calibration. */
import { badSettings, HomegrownError } from '../../base/errors';
import { labelsAsOne, placesAmong } from '../../base/labels';
import { likeliest } from '../../base/likeliest';
import { type Pause, withPauses } from '../../base/job';
import { counted, formatCount } from '../../base/units';
import { LABEL_METRIC_IDS, labelMetrics } from '../../metrics/labels';
import { confusionOf } from '../../metrics/labels/confusion';
import { estimates } from '../../metrics/text/estimate';
import type { Pair } from '../../metrics/text/textMetric';
import { summed } from '../../metrics/intervals/units';
import type { Classes } from '../../models/spec';
import { metricIn } from '../../objectives';
import { LABEL_BASELINE_IDS, type LabeledText, measureLabelBaselines } from '../../objectives/baselines/labelBaselines';
import { type Classified, classifier } from '../../sample/classify';
import { labelsOf, leastSure, probabilitiesOf } from '../../sample/labelsOf';
import type { Evaluation, LabeledTexts } from '../evaluation';
import { figureFacts } from '../figures';
import type { HeldText } from '../heldTexts';
import { BINS, calibrationOf, likelihoodOf, sumsOf } from '../likelihood';
import { crossFittedTemperatures, fittedTemperature, natsOf } from '../temperature';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { NOT_COUNTED } from '../textBaselines';
import { figuresOf, withoutInterval } from './figuresOf';
import type { Reading, ToEvaluate } from './reading';

export const classes: Reading = {
  figures: ['loss', 'calibrationError', ...LABEL_METRIC_IDS],
  baselines: ['uniform', 'majority', 'naiveBayes'],
  dataKind: 'labeled',
  evaluations: ['labels'],
  whyUnfit: 'The model is not a classifier: it scores tokens, not labels.',
  async read(read) {
    const { network, tokenizer, request, isRequested, pause, report } = read;
    const classifierClasses = network.choice.config.classes!;
    const { labels } = classifierClasses;
    const several = classifierClasses.several === true;
    const texts = knownTexts(request.labeled ?? [], classifierClasses);
    const model = classifier(network, tokenizer);
    const classified = await model
      .classify(
        texts.map(({ ids }) => ids),
        { pause, report },
      )
      .finally(() => model.dispose());
    if (!classified.every(({ scores }) => scores.every(Number.isFinite)))
      throw new HomegrownError('diverged', 'The scores of some texts are not finite.', 'Use an earlier step.');
    const scored = texts.map(({ wanted }, i) => ({ wanted, scores: classified[i]!.scores }));
    const temperature = await withPauses(fittedTemperature(scored, several), pause);
    const temperatures = await withPauses(crossFittedTemperatures(scored, several), pause);
    const nats = scored.map((text) => natsOf(text, several));
    const rowsOf = (temperatureOf: (text: number) => number) =>
      scored.map((text, i) => rowOf(nats[i]!, confidencesIn(text, classifierClasses, temperatureOf(i))));
    const rows = rowsOf((i) => temperatures[i]!);
    await pause();
    const extent = extentOf(request.labeled ?? [], texts, tokenizer);
    const { columns, leftOut: tooMany } = columnsOf(
      texts,
      classified,
      classifierClasses,
      temperature,
      request.decision,
      {
        asItLearnt: calibrationErrorOf(rowsOf(() => 1)),
        scaled: calibrationErrorOf(rows),
      },
    );
    await pause();
    const labelText = (indices: number | readonly number[]): string =>
      typeof indices === 'number' ? labels[indices]! : labelsAsOne(indices.map((index) => labels[index]!));
    const pairs = texts.map(({ label }, i): Pair => ({ output: labelText(columns.given[i]!), wanted: label }));
    const figures = await figuresOf({ loss: 'loss', calibrationError: 'calibrationError' }, rows, 'labeled', read);
    const ids = LABEL_METRIC_IDS.filter(isRequested);
    const metricsById = labelMetrics(labels, several);
    const estimated = await withPauses(
      estimates(
        ids.map((id) => metricsById[id]),
        pairs,
        request.seed,
      ),
      pause,
    );
    const metrics: Evaluation['metrics'] = Object.fromEntries(
      ids.map((id, i) => [id, { ...estimated[i]!, unit: figureFacts(id).unit }]),
    );
    const uniform = { loss: several ? Math.LN2 : Math.log(labels.length) };
    const { baselines, leftOut } = await countingBaselines(texts, request.trainingTexts, classifierClasses, pause);
    const isConfused = !several && labels.length <= MAX_CONFUSION_LABELS;
    return {
      ...extent.extent,
      metrics: { ...perText(figures.metrics), ...metrics },
      calibration: perLabel(calibrationOf(summed(rows)), several ? labels.length : 1),
      baselines: { uniform, ...baselines },
      ...(isConfused && { confusion: confusionOf(pairs) }),
      labelled: columns,
      leftOut: [
        ...figures.leftOut,
        ...withoutInterval(metrics, texts.length, 'labeled'),
        ...leftOut,
        ...extent.leftOut,
        ...tooMany,
        ...(isConfused || several
          ? []
          : [
              {
                name: 'confusion',
                reason: `A confusion matrix shows at most ${MAX_CONFUSION_LABELS} labels; the classifier has ${formatCount(labels.length)}.`,
              },
            ]),
      ],
    };
  },
};

/** Gives the loss of labels in nats per text instead of per token. */
const perText = ({ loss, ...others }: Evaluation['metrics']): Evaluation['metrics'] => ({
  ...(loss && { loss: { ...loss, unit: metricIn('labels', 'loss').unit } }),
  ...others,
});

interface KnownText extends HeldText {
  /** Indices of the expected labels. */
  wanted: readonly number[];
}

/** Texts whose labels the classifier knows. @throws HomegrownError `bad-settings` if there are none */
function knownTexts(texts: readonly HeldText[], { labels, several }: Classes): readonly KnownText[] {
  const indicesOf = placesAmong(labels, several);
  const result = texts.flatMap((text): KnownText[] => {
    const wanted = text.ids.length === 0 ? undefined : indicesOf(text.label);
    if (!wanted) return [];
    return [{ ...text, wanted, label: labelsAsOne(wanted.map((index) => labels[index]!)) }];
  });
  if (result.length > 0) return result;
  throw badSettings(
    texts.length === 0
      ? 'There are no labeled texts to evaluate on.'
      : `None of ${counted(texts.length, 'text')} has a label that the classifier knows. They have ${unknownLabels(texts, result)}; it has ${labels.slice(0, MAX_NAMED).join(', ')}.`,
    'Use texts with the labels that it was trained on.',
  );
}
const unknownLabels = (texts: readonly HeldText[], knownTexts: readonly KnownText[]): string => {
  const places = new Set(knownTexts.map(({ place }) => place));
  const unknown = new Set(texts.flatMap(({ place, label }) => (places.has(place) ? [] : [label])));
  return [...unknown].slice(0, MAX_NAMED).join(', ');
};

/** Size of the evaluated texts, and the number that were left out. */
function extentOf(asked: readonly HeldText[], texts: readonly KnownText[], tokenizer: Tokenizer) {
  const sum = (count: (text: KnownText) => number): number => texts.reduce((total, text) => total + count(text), 0);
  const leftOutCount = asked.length - texts.length;
  const reason = `${counted(leftOutCount, 'text')} ${leftOutCount === 1 ? 'has' : 'have'} no token or an unknown label: ${unknownLabels(asked, texts)}.`;
  return {
    extent: {
      documents: texts.length,
      tokens: sum(({ ids }) => ids.length),
      bytes: sum(({ ids }) => ids.reduce((all, id) => all + tokenizer.bytes(id).length, 0)),
    },
    leftOut: leftOutCount > 0 ? [{ name: 'other texts', reason }] : [],
  };
}
const MAX_NAMED = 5;
/** Maximum number of labels in a confusion matrix, which has a cell for each pair. */
const MAX_CONFUSION_LABELS = 100;

/** Confidence in a prediction, and whether it is right; one entry for each label of a multilabel classifier. */
type Confidences = readonly (readonly [sure: number, isRight: boolean])[];

function confidencesIn(
  { wanted, scores }: { wanted: readonly number[]; scores: ArrayLike<number> },
  { several }: Classes,
  temperature: number,
): Confidences {
  const probabilities = probabilitiesOf(scores, several === true, temperature);
  if (!several) {
    const likeliestLabel = likeliest(probabilities);
    return [[probabilities[likeliestLabel]!, wanted[0] === likeliestLabel]];
  }
  return Array.from(probabilities, (p, label) => [Math.max(p, 1 - p), p > 0.5 === wanted.includes(label)] as const);
}

/** Sums of a text in the layout of likelihood.ts, where a text counts as one token. */
function rowOf(nats: number, confidences: Confidences): number[] {
  const row = new Array<number>(5 + 3 * BINS).fill(0);
  row[0] = nats;
  row[1] = 1;
  for (const [p, isRight] of confidences) {
    const weight = 1 / confidences.length;
    const bin = 5 + 3 * Math.min(BINS - 1, Math.floor(p * BINS));
    row[bin]! += weight;
    row[bin + 1]! += p * weight;
    if (isRight) row[bin + 2]! += weight;
  }
  return row;
}
/** Scales bin counts from texts to labels. @param labels number of labels that a text's count of 1 stands for */
const perLabel = ({ bins }: ReturnType<typeof calibrationOf>, labels: number): ReturnType<typeof calibrationOf> => ({
  bins: bins.map((bin) => ({ ...bin, count: Math.round(bin.count * labels) })),
});
const calibrationErrorOf = (rows: readonly (readonly number[])[]): number =>
  likelihoodOf('calibrationError').fromSums(sumsOf(summed(rows)));

async function countingBaselines(
  held: readonly KnownText[],
  training: readonly LabeledText[] | undefined,
  modelClasses: Classes,
  pause: Pause,
): Promise<Pick<Evaluation, 'baselines' | 'leftOut'>> {
  if (!training || training.length === 0)
    return { baselines: {}, leftOut: LABEL_BASELINE_IDS.map((name) => ({ name, reason: NOT_COUNTED })) };
  return { baselines: await measureLabelBaselines(held, training, modelClasses, pause), leftOut: [] };
}

function columnsOf(
  texts: readonly KnownText[],
  classified: readonly Classified[],
  modelClasses: Classes,
  temperature: number,
  { atLeast, temperature: usedTemperature = temperature }: NonNullable<ToEvaluate['decision']> = { atLeast: 0 },
  calibrationError: LabeledTexts['calibrationError'],
): { columns: LabeledTexts; leftOut: Evaluation['leftOut'] } {
  const { labels } = modelClasses;
  const several = modelClasses.several === true;
  const indexOfLabel = new Map(labels.map((label, place) => [label, place]));
  const storesProbabilities = several && texts.length * labels.length <= MAX_PROBABILITIES;
  const rows = texts.map(({ place, wanted }, i) => {
    const probabilities = probabilitiesOf(classified[i]!.scores, several, usedTemperature);
    // With one label per text, predicts the likeliest at any confidence.
    const given = labelsOf(modelClasses, probabilities, several ? atLeast : 0).map((label) => indexOfLabel.get(label)!);
    const confidenceIn = (labelIndices: readonly number[]): number =>
      several ? leastSure(probabilities, labelIndices) : probabilities[labelIndices[0]!]!;
    return {
      place,
      wanted,
      given,
      sure: confidenceIn(given),
      sureOfWanted: confidenceIn(wanted),
      all: storesProbabilities ? [...probabilities] : [],
    };
  });
  const toColumn = (labelIndices: readonly number[]): number | number[] =>
    several ? [...labelIndices] : labelIndices[0]!;
  const columns: LabeledTexts = {
    labels: [...labels],
    temperature,
    calibrationError,
    place: rows.map(({ place }) => place),
    wanted: rows.map(({ wanted }) => toColumn(wanted)),
    given: rows.map(({ given }) => toColumn(given)),
    sure: rows.map(({ sure }) => sure),
    sureOfWanted: rows.map(({ sureOfWanted }) => sureOfWanted),
    ...(atLeast > 0 && { atLeast }),
    ...(storesProbabilities && { probabilities: rows.map(({ all: probabilities }) => probabilities) }),
    cut: classified.filter(({ tokens, read }) => read < tokens).length,
  };
  if (storesProbabilities || !several) return { columns, leftOut: [] };
  const reason = `${counted(texts.length, 'text')} with ${formatCount(labels.length)} labels are too many to store all probabilities.`;
  return { columns, leftOut: [{ name: 'other thresholds', reason }] };
}
/** Maximum number of probabilities stored with an evaluation: some megabytes. */
const MAX_PROBABILITIES = 500_000;
