/** Data of a classifier's evaluation: cells, mistakes, and suspected label errors. */
import { formatShare } from '../../../core/base/units';
import { type EachLabel, f1Of, givenAt, placesIn } from '../../../core/evaluate/eachLabel';
import type { LabeledTexts } from '../../../core/evaluate/evaluation';
import { leastSure } from '../../../core/sample/labelsOf';
import type { Finding } from '../../../ui';

/** Held-out text: its index among all documents of the data, and the indices of its labels. */
export interface PredictedText {
  index: number;
  actual: readonly number[];
  predicted: readonly number[];
  /** Confidence in the predicted labels. */
  confidence: number;
  /** Confidence in the actual labels. */
  actualConfidence: number;
}

/** Texts of an evaluation with their labels. @param atLeast probability threshold for multi-label texts; a new one changes their predictions */
export function predictedTexts(labeled: LabeledTexts, atLeast = labeled.atLeast ?? 0): readonly PredictedText[] {
  const { place, wanted, given, sure, sureOfWanted, probabilities } = labeled;
  const predictions = givenAt(labeled, atLeast) ?? given;
  return place.map((index, i) => ({
    index,
    actual: placesIn(wanted[i]!),
    predicted: placesIn(predictions[i]!),
    confidence:
      predictions === given || !probabilities ? sure[i]! : leastSure(probabilities[i]!, placesIn(predictions[i]!)),
    actualConfidence: sureOfWanted[i]!,
  }));
}

/** Whether the predicted labels are the actual ones. */
export const isRight = ({ actual, predicted }: PredictedText): boolean =>
  actual.length === predicted.length && actual.every((label) => predicted.includes(label));

/** Texts in a cell of the confusion matrix. */
export const textsInCell = (
  texts: readonly PredictedText[],
  actual: number,
  predicted: number,
): readonly PredictedText[] =>
  texts.filter((text) => text.actual.includes(actual) && text.predicted.includes(predicted));

/** Mistakes, the most confident first. */
export const mistakesOf = (texts: readonly PredictedText[]): readonly PredictedText[] =>
  texts
    .filter((text) => !isRight(text))
    .sort((a, b) => a.actualConfidence - b.actualConfidence || b.confidence - a.confidence);

/**
 * Texts whose label may be wrong: another label was predicted, with at least its mean confidence on texts that have it.
 * The most confident first (confident learning, Northcutt et al. 2021, arXiv:1911.00068).
 */
export function likelyWrong(texts: readonly PredictedText[], labels: number): readonly PredictedText[] {
  const meanConfidence = Array.from({ length: labels }, (_, label) => {
    const labelTexts = texts.filter(({ actual }) => actual.includes(label));
    return labelTexts.length === 0
      ? Infinity
      : labelTexts.reduce((sum, { actualConfidence }) => sum + actualConfidence, 0) / labelTexts.length;
  });
  return texts
    .filter((text) => !isRight(text) && text.predicted.some((label) => text.confidence >= meanConfidence[label]!))
    .sort((a, b) => b.confidence - b.actualConfidence - (a.confidence - a.actualConfidence));
}

/** Texts with a true positive, a false negative or a false positive of a label. */
export const textsWithFinding = (
  texts: readonly PredictedText[],
  label: number,
  finding: Finding,
): readonly PredictedText[] =>
  texts.filter(
    ({ actual, predicted }) =>
      actual.includes(label) === (finding !== 'wrong') && predicted.includes(label) === (finding !== 'missed'),
  );

/** Describes the label with the lowest recall or F1; undefined if nothing was counted, or if all are equal. */
export function weakestLabel(
  rows: readonly EachLabel[],
  metric: 'recall' | 'F1',
): { term: string; words: string } | undefined {
  const values = rows.flatMap((row) => {
    const total = row.found + row.missed;
    const value = metric === 'F1' ? f1Of(row) : total === 0 ? undefined : row.found / total;
    return value === undefined ? [] : [{ label: row.label, value }];
  });
  const [weakest, ...others] = values.sort((a, b) => a.value - b.value);
  if (!weakest) return undefined;
  if (others.every(({ value }) => value === weakest.value))
    return { term: metric === 'F1' ? 'F1' : 'Recall', words: `${percent(weakest.value)} for every label` };
  return { term: 'Weakest label', words: `${weakest.label}, ${metric} ${percent(weakest.value)}` };
}

/** `Labeled spam · the model says ok 97.3 %`. */
export const answerWords = (actual: string, predicted: string, confidence: number): string =>
  actual === predicted
    ? `The model says ${predicted} ${percent(confidence)}`
    : `Labeled ${actual} · the model says ${predicted} ${percent(confidence)}`;

export const percent = (share: number): string => formatShare(share);
