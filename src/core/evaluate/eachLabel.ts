/** A classifier's predictions on the evaluated texts by label, and what another threshold would change. */
import { counted, formatCount, formatShare } from '../base/units';
import { isLikely } from '../sample/labelsOf';
import type { LabeledTexts } from './evaluation';

/** Numbers of texts: `found` are true positives, `missed` false negatives, `wrong` false positives. */
export interface EachLabel {
  label: string;
  found: number;
  missed: number;
  wrong: number;
}

/** Indices of a text's labels as a list, whether it has one label or any number. */
export const placesIn = (places: number | readonly number[]): readonly number[] =>
  typeof places === 'number' ? [places] : places;

/** Whether texts may have several labels, or none. */
export const isOfSeveral = (labeled: Pick<LabeledTexts, 'given'> | undefined): boolean =>
  labeled?.given.some((places) => typeof places !== 'number') === true;

/** Counts like multilabel_confusion_matrix of scikit-learn 1. @param predictions predicted labels of each text */
export function eachLabel(
  { labels, wanted, given }: Pick<LabeledTexts, 'labels' | 'wanted' | 'given'>,
  predictions: readonly (number | readonly number[])[] = given,
): EachLabel[] {
  const rows = labels.map((label) => ({ label, found: 0, missed: 0, wrong: 0 }));
  for (const [text, textLabels] of wanted.entries()) {
    const remaining = new Set(placesIn(textLabels));
    for (const label of placesIn(predictions[text]!)) rows[label]![remaining.delete(label) ? 'found' : 'wrong']++;
    for (const label of remaining) rows[label]!.missed++;
  }
  return rows;
}

/** F1 of a label, 0 to 1; undefined if neither expected nor predicted. Source: van Rijsbergen 1979; scikit-learn 1 */
export function f1Of({ found, missed, wrong }: EachLabel): number | undefined {
  const denominator = 2 * found + missed + wrong;
  return denominator === 0 ? undefined : (2 * found) / denominator;
}

/**
 * Labels predicted for each text at another threshold; undefined if the probabilities weren't stored. With one label
 * per text, the likeliest label at any threshold.
 */
export function givenAt(
  { given, probabilities, atLeast: measuredAt = 0 }: LabeledTexts,
  atLeast: number,
): LabeledTexts['given'] | undefined {
  if (atLeast === measuredAt || given.every((places) => typeof places === 'number')) return given;
  return probabilities?.map((textProbabilities) =>
    [...textProbabilities.keys()].filter((label) => isLikely(textProbabilities[label]!, atLeast)),
  );
}

const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((place) => b.includes(place));

/** Number of texts whose predicted labels aren't the actual ones. */
export const mistakesIn = ({ wanted, given }: Pick<LabeledTexts, 'wanted' | 'given'>): number =>
  given.filter((places, text) => !isSame(placesIn(places), placesIn(wanted[text]!))).length;

/** Predictions at a confidence threshold. */
interface Answers {
  atLeast: number;
  /** Numbers of texts: all, those with a predicted label, and those whose predicted labels equal the expected ones. */
  texts: number;
  answered: number;
  right: number;
  /** Numbers of labels: predicted, correctly predicted, and expected. */
  labels: { given: number; right: number; wanted: number };
}
/** Undefined if the probabilities weren't stored. */
export function answersAt(labeled: LabeledTexts, atLeast: number): Answers | undefined {
  const { wanted, sure } = labeled;
  const given = givenAt(labeled, atLeast)?.map((textLabels, text) =>
    typeof textLabels === 'number' && sure[text]! < atLeast ? [] : placesIn(textLabels),
  );
  if (!given) return undefined;
  const each = eachLabel(labeled, given);
  const sum = (of: (label: EachLabel) => number): number => each.reduce((total, label) => total + of(label), 0);
  return {
    atLeast,
    texts: wanted.length,
    answered: given.filter(({ length }) => length > 0).length,
    right: given.filter((textLabels, text) => isSame(textLabels, placesIn(wanted[text]!))).length,
    labels: {
      given: sum(({ found, wrong }) => found + wrong),
      right: sum(({ found }) => found),
      wanted: sum(({ found, missed }) => found + missed),
    },
  };
}

/** `812 of 874 texts, 92.9 %; 99.1 % of these are right`; with several labels per text, their precision and recall. */
export function answersWords({ texts, answered, right, labels }: Answers, several: boolean): string {
  const percentage = (count: number, total: number): string =>
    formatShare(Number((total === 0 ? 0 : count / total).toPrecision(3)));
  if (!several)
    return `${formatCount(answered)} of ${counted(texts, 'text')}, ${percentage(answered, texts)}${answered > 0 ? `; ${percentage(right, answered)} of these are right` : ''}`;
  const found = labels.wanted > 0 ? `recall ${percentage(labels.right, labels.wanted)}` : 'no text has a label';
  return `${counted(labels.given, 'label')} to ${formatCount(answered)} of ${counted(texts, 'text')}${labels.given > 0 ? `, precision ${percentage(labels.right, labels.given)}` : ''}; ${found}; all labels right for ${percentage(right, texts)} of texts`;
}
