/** Texts that are labels: which of a few a text is, as `positive` or `sports`. */
import { wordsOf } from '../text/textMetric';

/** White space at its ends is none of it, and between words it counts as one space. */
export const labelOf = (text: string): string => wordsOf(text).join(' ');

/** All different ones, in the order of their code units. */
export const differentLabels = (texts: Iterable<string>): readonly string[] =>
  [...new Set(Array.from(texts, labelOf))].sort();

/** Limits for labels: few different ones, short, and repeated. */
const [MAX, MAX_LENGTH, EACH] = [50, 40, 2] as const;
export const LABELS_ARE = `labels are 2 to ${MAX} different texts of at most ${MAX_LENGTH} characters, each in ${EACH} rows on average`;

/** The different ones where texts are labels; undefined where they are not. */
export function labelsAmong(texts: readonly string[]): readonly string[] | undefined {
  const labels = differentLabels(texts);
  const areFew = labels.length >= 2 && labels.length <= MAX && texts.length >= EACH * labels.length;
  return areFew && labels.every((label) => Array.from(label).length <= MAX_LENGTH) ? labels : undefined;
}
