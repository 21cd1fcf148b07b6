/** Data of a classifier's evaluation: cells, mistakes, and suspected label errors. */
import { formatShare } from '../../../core/base/units';
import { type EachLabel, f1Of, givenAt, placesIn } from '../../../core/evaluate/eachLabel';
import type { LabeledTexts } from '../../../core/evaluate/evaluation';
import { leastSure } from '../../../core/sample/labelsOf';
import type { Finding } from '../../../ui';

/** Held-out text: its index among all documents of the data, and indices of labels. */
export interface Judged {
  place: number;
  wanted: readonly number[];
  given: readonly number[];
  sure: number;
  sureOfWanted: number;
}

/** @param atLeast probability threshold for multi-label texts; a new one changes their predictions */
export function judgedTexts(labeled: LabeledTexts, atLeast = labeled.atLeast ?? 0): readonly Judged[] {
  const { place, wanted, given, sure, sureOfWanted, probabilities } = labeled;
  const now = givenAt(labeled, atLeast) ?? given;
  return place.map((at, i) => ({
    place: at,
    wanted: placesIn(wanted[i]!),
    given: placesIn(now[i]!),
    sure: now === given || !probabilities ? sure[i]! : leastSure(probabilities[i]!, placesIn(now[i]!)),
    sureOfWanted: sureOfWanted[i]!,
  }));
}

export const isRight = ({ wanted, given }: Judged): boolean =>
  wanted.length === given.length && wanted.every((label) => given.includes(label));

/** Texts in a cell of the confusion matrix. */
export const inCell = (texts: readonly Judged[], wanted: number, given: number): readonly Judged[] =>
  texts.filter((text) => text.wanted.includes(wanted) && text.given.includes(given));

/** Mistakes, the most confident first. */
export const worst = (texts: readonly Judged[]): readonly Judged[] =>
  texts.filter((text) => !isRight(text)).sort((a, b) => a.sureOfWanted - b.sureOfWanted || b.sure - a.sure);

/**
 * Texts whose label may be wrong: another label was predicted, with at least its mean confidence on texts that have it.
 * The most confident first (confident learning, Northcutt et al. 2021, arXiv:1911.00068).
 */
export function likelyWrong(texts: readonly Judged[], labels: number): readonly Judged[] {
  const usual = Array.from({ length: labels }, (_, label) => {
    const own = texts.filter(({ wanted }) => wanted.includes(label));
    return own.length === 0 ? Infinity : own.reduce((sum, { sureOfWanted }) => sum + sureOfWanted, 0) / own.length;
  });
  return texts
    .filter((text) => !isRight(text) && text.given.some((label) => text.sure >= usual[label]!))
    .sort((a, b) => b.sure - b.sureOfWanted - (a.sure - a.sureOfWanted));
}

/** Texts with a true positive, a false negative or a false positive of a label. */
export const inFinding = (texts: readonly Judged[], label: number, finding: Finding): readonly Judged[] =>
  texts.filter(
    ({ wanted, given }) =>
      wanted.includes(label) === (finding !== 'wrong') && given.includes(label) === (finding !== 'missed'),
  );

/** Describes the label with the lowest recall or F1; undefined if nothing was counted, or if all are equal. */
export function weakestLabel(
  rows: readonly EachLabel[],
  by: 'recall' | 'F1',
): { term: string; words: string } | undefined {
  const measured = rows.flatMap((row) => {
    const all = row.found + row.missed;
    const value = by === 'F1' ? f1Of(row) : all === 0 ? undefined : row.found / all;
    return value === undefined ? [] : [{ label: row.label, value }];
  });
  const [weakest, ...others] = measured.sort((a, b) => a.value - b.value);
  if (!weakest) return undefined;
  if (others.every(({ value }) => value === weakest.value))
    return { term: by === 'F1' ? 'F1' : 'Recall', words: `${percent(weakest.value)} for every label` };
  return { term: 'Weakest label', words: `${weakest.label}, ${by} ${percent(weakest.value)}` };
}

/** `Labeled spam · the model says ok 97.3 %`. */
export const answerWords = (wanted: string, given: string, sure: number): string =>
  wanted === given
    ? `The model says ${given} ${percent(sure)}`
    : `Labeled ${wanted} · the model says ${given} ${percent(sure)}`;

export const percent = (share: number): string => formatShare(share);
