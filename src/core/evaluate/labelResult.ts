/** An accuracy on held-out texts next to models that only count: the same on Train, Evaluate, in the terminal and in model cards. */
import { counted, formatCount, formatShare } from '../base/units';
import type { Estimate } from '../metrics/metric';
import { shareOf } from '../metrics/share';

/** `level`: so few texts can't show which of the two is better. */
export type StandingKind = 'better' | 'level' | 'worse' | 'no better than one label' | 'unknown';

/** Percent of held-out texts that get the right label without a model; undefined if that wasn't measured. */
export interface Counting {
  majority: number | undefined;
  naiveBayes: number | undefined;
}

/** Texts that an evaluation measured, how many were right, and where the accuracy lies, in percent. */
export interface Accuracy extends Required<Estimate> {
  texts: number;
  right: number;
}

export const accuracyIn = (texts: number, right: number): Accuracy => ({ ...shareOf(right, texts), texts, right });

interface Compared {
  kind: StandingKind;
  /** Said in place of a good result. */
  verdict?: string;
  /** Sentences with the numbers of both. */
  evidence: string;
}

/**
 * Better and worse are claimed only where the interval excludes what counting gets.
 * @param texts that counting was measured on
 * @param where the texts are from, as a sentence ends
 */
export function comparedWithCounting(
  own: Accuracy,
  { majority, naiveBayes, texts }: Counting & { texts: number },
  where = 'on texts it never saw',
): Compared {
  if (majority !== undefined && own.low <= majority) {
    const evidence = `Accuracy ${percent(own.value)}; ${oneLabel(majority)}.`;
    return { kind: 'no better than one label', verdict: "It hasn't learned the labels", evidence };
  }
  if (naiveBayes === undefined) return { kind: 'unknown', evidence: `Accuracy ${intervalWords(own)} ${where}.` };
  // Of a part of the held-out texts alone the two counts don't compare.
  const theirs = own.texts === texts ? formatCount(Math.round((naiveBayes / 100) * texts)) : share(naiveBayes);
  if (own.high < naiveBayes) {
    const mine = own.texts === texts ? `${formatCount(own.right)} of ${formatCount(texts)}` : percent(own.value);
    const evidence = `${mine} against ${theirs}. Training first on plain text of this kind may help.`;
    return { kind: 'worse', verdict: 'Counting words (naive Bayes) still beats it', evidence };
  }
  return own.low > naiveBayes
    ? { kind: 'better', evidence: `Better than counting words (naive Bayes), which gets ${theirs}.` }
    : {
        kind: 'level',
        evidence: `Counting words (naive Bayes) gets ${theirs}: too few texts to say which model is better.`,
      };
}

/** `85 of 85 texts right` */
export const rightWords = ({ texts, right }: Pick<Accuracy, 'texts' | 'right'>, noun = 'text'): string =>
  `${formatCount(right)} of ${counted(texts, noun)} right`;

/** `always guessing one label gives 50 %` */
export const oneLabel = (majority: number): string => `always guessing one label gives ${share(majority)}`;

/** `93.3 %, 84.1 to 97.4` */
export const intervalWords = ({ value, low, high }: Required<Estimate>): string =>
  `${percent(value)}, ${percentNumber(low)} to ${percentNumber(high)}`;

/** Percent, as an accuracy is measured: `75.0 %`. */
export const percent = (value: number): string => `${percentNumber(value)} %`;
/** `75.0`, and `100` of all. */
export const percentNumber = (value: number): string =>
  value === 0 || value === 100 ? String(value) : value.toFixed(1);
/** Of a baseline, which is exact: `50 %`. */
export const share = (value: number): string => formatShare(Number((value / 100).toPrecision(3)));
