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
import { crossFitted, fittedTemperature, natsOf } from '../temperature';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { NOT_COUNTED } from '../textBaselines';
import { figuresOf, withoutInterval } from './figuresOf';
import type { Reading, ToEvaluate } from './reading';

export const classes: Reading = {
  figures: ['loss', 'calibrationError', ...LABEL_METRIC_IDS],
  baselines: ['uniform', 'majority', 'naiveBayes'],
  of: 'labeled',
  models: ['labels'],
  unfit: 'The model is not a classifier: it scores tokens, not labels.',
  async read(read) {
    const { network, tokenizer, asked, isAsked, pause, report } = read;
    const own = network.choice.config.classes!;
    const { labels } = own;
    const several = own.several === true;
    const texts = known(asked.labeled ?? [], own);
    const reader = classifier(network, tokenizer);
    const found = await reader
      .classify(
        texts.map(({ ids }) => ids),
        { pause, report },
      )
      .finally(() => reader.dispose());
    if (!found.every(({ scores }) => scores.every(Number.isFinite)))
      throw new HomegrownError('diverged', 'The scores of some texts are not finite.', 'Use an earlier step.');
    const scored = texts.map(({ wanted }, i) => ({ wanted, scores: found[i]!.scores }));
    const temperature = await withPauses(fittedTemperature(scored, several), pause);
    const temperatures = await withPauses(crossFitted(scored, several), pause);
    const nats = scored.map((text) => natsOf(text, several));
    const rowsOf = (temperatureOf: (text: number) => number) =>
      scored.map((text, i) => rowOf(nats[i]!, sureness(text, own, temperatureOf(i))));
    const rows = rowsOf((i) => temperatures[i]!);
    await pause();
    const extent = extentOf(asked.labeled ?? [], texts, tokenizer);
    const { columns, leftOut: tooMany } = columnsOf(texts, found, own, temperature, asked.decision, {
      asItLearnt: errorOf(rowsOf(() => 1)),
      scaled: errorOf(rows),
    });
    await pause();
    const namesOf = (places: number | readonly number[]): string =>
      typeof places === 'number' ? labels[places]! : labelsAsOne(places.map((place) => labels[place]!));
    const pairs = texts.map(({ label }, i): Pair => ({ output: namesOf(columns.given[i]!), wanted: label }));
    const figures = await figuresOf({ loss: 'loss', calibrationError: 'calibrationError' }, rows, 'labeled', read);
    const ids = LABEL_METRIC_IDS.filter(isAsked);
    const all = labelMetrics(labels, several);
    const estimated = await withPauses(
      estimates(
        ids.map((id) => all[id]),
        pairs,
        asked.seed,
      ),
      pause,
    );
    const metrics: Evaluation['metrics'] = Object.fromEntries(
      ids.map((id, i) => [id, { ...estimated[i]!, unit: figureFacts(id).unit }]),
    );
    const uniform = { loss: several ? Math.LN2 : Math.log(labels.length) };
    const { baselines, leftOut } = await counting(texts, asked.trainingTexts, own, pause);
    const isConfused = !several && labels.length <= MAX_CONFUSED;
    return {
      ...extent.extent,
      metrics: { ...inTexts(figures.metrics), ...metrics },
      calibration: ofEachLabel(calibrationOf(summed(rows)), several ? labels.length : 1),
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
                reason: `A confusion matrix shows at most ${MAX_CONFUSED} labels; the classifier has ${formatCount(labels.length)}.`,
              },
            ]),
      ],
    };
  },
};

/** Gives the loss of labels in nats per text instead of per token. */
const inTexts = ({ loss, ...others }: Evaluation['metrics']): Evaluation['metrics'] => ({
  ...(loss && { loss: { ...loss, unit: metricIn('labels', 'loss').unit } }),
  ...others,
});

interface Text extends HeldText {
  /** Indices of the expected labels. */
  wanted: readonly number[];
}

/** Texts whose labels the classifier knows. @throws HomegrownError `bad-settings` if there are none */
function known(texts: readonly HeldText[], { labels, several }: Classes): readonly Text[] {
  const placesOf = placesAmong(labels, several);
  const found = texts.flatMap((text): Text[] => {
    const wanted = text.ids.length === 0 ? undefined : placesOf(text.label);
    if (!wanted) return [];
    return [{ ...text, wanted, label: labelsAsOne(wanted.map((at) => labels[at]!)) }];
  });
  if (found.length > 0) return found;
  throw badSettings(
    texts.length === 0
      ? 'There are no labeled texts to evaluate on.'
      : `None of ${counted(texts.length, 'text')} has a label that the classifier knows. They have ${othersOf(texts, found)}; it has ${labels.slice(0, NAMED).join(', ')}.`,
    'Use texts with the labels that it was trained on.',
  );
}
const othersOf = (texts: readonly HeldText[], known: readonly Text[]): string => {
  const places = new Set(known.map(({ place }) => place));
  const others = new Set(texts.flatMap(({ place, label }) => (places.has(place) ? [] : [label])));
  return [...others].slice(0, NAMED).join(', ');
};

/** Size of the evaluated texts, and the number that were left out. */
function extentOf(asked: readonly HeldText[], texts: readonly Text[], tokenizer: Tokenizer) {
  const sum = (of: (text: Text) => number): number => texts.reduce((all, text) => all + of(text), 0);
  const left = asked.length - texts.length;
  const reason = `${counted(left, 'text')} ${left === 1 ? 'has' : 'have'} no token or an unknown label: ${othersOf(asked, texts)}.`;
  return {
    extent: {
      documents: texts.length,
      tokens: sum(({ ids }) => ids.length),
      bytes: sum(({ ids }) => ids.reduce((all, id) => all + tokenizer.bytes(id).length, 0)),
    },
    leftOut: left > 0 ? [{ name: 'other texts', reason }] : [],
  };
}
const NAMED = 5;
/** Maximum number of labels in a confusion matrix, which has a cell for each pair. */
const MAX_CONFUSED = 100;

/** Confidence in a prediction, and whether it is right; one entry for each label of a multilabel classifier. */
type Sure = readonly (readonly [sure: number, isRight: boolean])[];

function sureness(
  { wanted, scores }: { wanted: readonly number[]; scores: ArrayLike<number> },
  { several }: Classes,
  temperature: number,
): Sure {
  const all = probabilitiesOf(scores, several === true, temperature);
  if (!several) {
    const best = likeliest(all);
    return [[all[best]!, wanted[0] === best]];
  }
  return Array.from(all, (p, label) => [Math.max(p, 1 - p), p > 0.5 === wanted.includes(label)] as const);
}

/** Sums of a text in the layout of likelihood.ts, where a text counts as one token. */
function rowOf(nats: number, sure: Sure): number[] {
  const row = new Array<number>(5 + 3 * BINS).fill(0);
  row[0] = nats;
  row[1] = 1;
  for (const [p, isRight] of sure) {
    const share = 1 / sure.length;
    const bin = 5 + 3 * Math.min(BINS - 1, Math.floor(p * BINS));
    row[bin]! += share;
    row[bin + 1]! += p * share;
    if (isRight) row[bin + 2]! += share;
  }
  return row;
}
/** Scales bin counts from texts to labels. @param labels number of labels that a text's count of 1 stands for */
const ofEachLabel = ({ bins }: ReturnType<typeof calibrationOf>, labels: number): ReturnType<typeof calibrationOf> => ({
  bins: bins.map((bin) => ({ ...bin, count: Math.round(bin.count * labels) })),
});
const errorOf = (rows: readonly (readonly number[])[]): number =>
  likelihoodOf('calibrationError').of(sumsOf(summed(rows)));

async function counting(
  held: readonly Text[],
  training: readonly LabeledText[] | undefined,
  own: Classes,
  pause: Pause,
): Promise<Pick<Evaluation, 'baselines' | 'leftOut'>> {
  if (!training || training.length === 0)
    return { baselines: {}, leftOut: LABEL_BASELINE_IDS.map((name) => ({ name, reason: NOT_COUNTED })) };
  return { baselines: await measureLabelBaselines(held, training, own, pause), leftOut: [] };
}

function columnsOf(
  texts: readonly Text[],
  found: readonly Classified[],
  own: Classes,
  temperature: number,
  { atLeast, temperature: used = temperature }: NonNullable<ToEvaluate['decision']> = { atLeast: 0 },
  calibrationError: LabeledTexts['calibrationError'],
): { columns: LabeledTexts; leftOut: Evaluation['leftOut'] } {
  const { labels } = own;
  const several = own.several === true;
  const places = new Map(labels.map((label, place) => [label, place]));
  const isKept = several && texts.length * labels.length <= MAX_KEPT;
  const rows = texts.map(({ place, wanted }, i) => {
    const all = probabilitiesOf(found[i]!.scores, several, used);
    // With one label per text, predicts the likeliest at any confidence.
    const given = labelsOf(own, all, several ? atLeast : 0).map((label) => places.get(label)!);
    const sureOf = (some: readonly number[]): number => (several ? leastSure(all, some) : all[some[0]!]!);
    return { place, wanted, given, sure: sureOf(given), sureOfWanted: sureOf(wanted), all: isKept ? [...all] : [] };
  });
  const shown = (some: readonly number[]): number | number[] => (several ? [...some] : some[0]!);
  const columns: LabeledTexts = {
    labels: [...labels],
    temperature,
    calibrationError,
    place: rows.map(({ place }) => place),
    wanted: rows.map(({ wanted }) => shown(wanted)),
    given: rows.map(({ given }) => shown(given)),
    sure: rows.map(({ sure }) => sure),
    sureOfWanted: rows.map(({ sureOfWanted }) => sureOfWanted),
    ...(atLeast > 0 && { atLeast }),
    ...(isKept && { probabilities: rows.map(({ all }) => all) }),
    cut: found.filter(({ tokens, read }) => read < tokens).length,
  };
  if (isKept || !several) return { columns, leftOut: [] };
  const reason = `${counted(texts.length, 'text')} with ${formatCount(labels.length)} labels are too many to store all probabilities.`;
  return { columns, leftOut: [{ name: 'other thresholds', reason }] };
}
/** Maximum number of probabilities stored with an evaluation: some megabytes. */
const MAX_KEPT = 500_000;
