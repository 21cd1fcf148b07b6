/** Detects texts that are labels, such as `positive` or `sports`. */
import { wordsOf } from '../text/textMetric';

/** Label with normalized whitespace: none at the ends, and one space between words. */
export const labelOf = (text: string): string => wordsOf(text).join(' ');

/** Distinct labels, sorted by code units. */
export const differentLabels = (texts: Iterable<string>): readonly string[] =>
  [...new Set(Array.from(texts, labelOf))].sort();

/** Limits for labels: few different ones, short, and repeated. */
const [MAX, MAX_LENGTH, EACH] = [50, 40, 2] as const;
export const LABELS_ARE = `labels are 2 to ${MAX} different texts of at most ${MAX_LENGTH} characters, each in ${EACH} rows on average`;

/** Distinct labels if the texts are labels; else undefined. */
export function labelsAmong(texts: readonly string[]): readonly string[] | undefined {
  const labels = differentLabels(texts);
  const areFew = labels.length >= 2 && labels.length <= MAX && texts.length >= EACH * labels.length;
  return areFew && labels.every((label) => Array.from(label).length <= MAX_LENGTH) ? labels : undefined;
}
