/** What is read of a classifier's evaluation: cells, mistakes, labels that may be wrong, and what a threshold leaves. */
import { formatShare } from '../../../core/base/units';
import type { Evaluation, LabelledTexts } from '../../../core/evaluate/evaluation';

/** A held-out text: which of them it is, its place among all documents of the data, and places of labels. */
export interface Judged {
  place: number;
  wanted: readonly number[];
  given: readonly number[];
  sure: number;
  sureOfWanted: number;
}

const all = (labels: number | readonly number[]): readonly number[] => (typeof labels === 'number' ? [labels] : labels);

export const judgedTexts = ({ place, wanted, given, sure, sureOfWanted }: LabelledTexts): readonly Judged[] =>
  place.map((at, i) => ({
    place: at,
    wanted: all(wanted[i]!),
    given: all(given[i]!),
    sure: sure[i]!,
    sureOfWanted: sureOfWanted[i]!,
  }));

export const isRight = ({ wanted, given }: Judged): boolean =>
  wanted.length === given.length && wanted.every((label) => given.includes(label));

/** Those that are in a cell of the matrix. */
export const inCell = (texts: readonly Judged[], wanted: number, given: number): readonly Judged[] =>
  texts.filter((text) => text.wanted.includes(wanted) && text.given.includes(given));

/** The surest mistakes first. */
export const worst = (texts: readonly Judged[]): readonly Judged[] =>
  texts.filter((text) => !isRight(text)).sort((a, b) => a.sureOfWanted - b.sureOfWanted || b.sure - a.sure);

/**
 * Texts whose label may be wrong: another was given, and it was as sure of that as it is on average of texts which have it, the
 * surest first (confident learning, Northcutt et al. 2021, arXiv:1911.00068).
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

/** How many are answered where it must be so sure, and how many of these are right. */
export function answered(texts: readonly Judged[], atLeast: number): { count: number; right: number } {
  const own = texts.filter(({ sure }) => sure >= atLeast);
  return { count: own.length, right: own.filter(isRight).length };
}

/** The label of which the smallest share is found; undefined where nothing was counted. */
export function weakest({
  labels,
  counts,
}: NonNullable<Evaluation['confusion']>): { label: string; found: number } | undefined {
  const found = labels.flatMap((label, place) => {
    const own = counts[place]!.reduce((sum, count) => sum + count, 0);
    return own === 0 ? [] : [{ label, found: counts[place]![place]! / own }];
  });
  return found.sort((a, b) => a.found - b.found)[0];
}

export const percent = (share: number): string => formatShare(Number(share.toPrecision(3)));
