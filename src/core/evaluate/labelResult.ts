/** Compares a held-out accuracy with counting baselines: shared by Train, Evaluate, the terminal and model cards. */
import { counted, formatCount, formatShare } from '../base/units';
import type { Estimate } from '../metrics/metric';
import { shareOf } from '../metrics/share';

/** `level`: too few texts to show which of the two is better. */
export type StandingKind = 'better' | 'level' | 'worse' | 'no better than one label' | 'unknown';

/** Baseline accuracies on the held-out texts, in percent; undefined if not measured. */
export interface Counting {
  majority: number | undefined;
  naiveBayes: number | undefined;
}

/** Accuracy in percent with its interval, the number of evaluated texts, and how many were right. */
export interface Accuracy extends Required<Estimate> {
  texts: number;
  right: number;
}

export const accuracyIn = (texts: number, right: number): Accuracy => ({ ...shareOf(right, texts), texts, right });

interface Compared {
  kind: StandingKind;
  /** Replaces a good result. */
  verdict?: string;
  /** Sentences with both numbers. */
  evidence: string;
}

/**
 * Claims better or worse only if the interval excludes the baseline's accuracy.
 * @param texts number of texts that the baselines were measured on
 * @param where origin of the texts, as the end of a sentence
 */
export function comparedWithCounting(
  accuracy: Accuracy,
  { majority, naiveBayes, texts }: Counting & { texts: number },
  where = 'on texts it never saw',
): Compared {
  if (majority !== undefined && accuracy.low <= majority) {
    const evidence = `Accuracy ${percent(accuracy.value)}; ${oneLabel(majority)}.`;
    return { kind: 'no better than one label', verdict: "It hasn't learned the labels", evidence };
  }
  if (naiveBayes === undefined) return { kind: 'unknown', evidence: `Accuracy ${intervalWords(accuracy)} ${where}.` };
  // Counts aren't comparable if the model was measured on only part of the held-out texts.
  const baselineWords =
    accuracy.texts === texts ? formatCount(Math.round((naiveBayes / 100) * texts)) : share(naiveBayes);
  if (accuracy.high < naiveBayes) {
    const modelWords =
      accuracy.texts === texts ? `${formatCount(accuracy.right)} of ${formatCount(texts)}` : percent(accuracy.value);
    const evidence = `${modelWords} against ${baselineWords}. Training first on plain text of this kind may help.`;
    return { kind: 'worse', verdict: 'Counting words (naive Bayes) still beats it', evidence };
  }
  return accuracy.low > naiveBayes
    ? { kind: 'better', evidence: `Better than counting words (naive Bayes), which gets ${baselineWords}.` }
    : {
        kind: 'level',
        evidence: `Counting words (naive Bayes) gets ${baselineWords}: too few texts to say which model is better.`,
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

/** Formats a percentage with one decimal: `75.0 %`. */
export const percent = (value: number): string => `${percentNumber(value)} %`;
/** `75.0`; exactly 0 and 100 have no decimal. */
export const percentNumber = (value: number): string =>
  value === 0 || value === 100 ? String(value) : value.toFixed(1);
/** Formats a baseline's percentage, which is exact, with up to three significant digits: `50 %`. */
export const share = (value: number): string => formatShare(Number((value / 100).toPrecision(3)));
