/** Metrics of generated texts without a reference. To add one, write its file and add a line to index.ts. */
import type { Estimate } from '../metric';

/** Words of a text. */
export type Words = readonly string[];

export interface WrittenMetric {
  label: string;
  unit: '%';
  better: 'lower' | 'higher';
  /** Explains a value to a beginner. */
  says: string;
  /** Paper that defines it. */
  source: string;
  /** Everything that the value depends on, in the form of sacreBLEU's signatures, without a version. */
  signature: string;
  /**
   * @param seed of the resamples for the interval, if any
   * @returns NaN if the texts are too short
   */
  of(texts: readonly Words[], seed: number): Estimate;
}

/** Words between whitespace; in scripts without spaces between words, each character. */
export const wordsIn = (text: string): Words => text.match(WORD) ?? [];
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const WORD = new RegExp(`[${UNSPACED}]\\p{M}*|[^\\s${UNSPACED}]+`, 'gu');

/** N-grams of words, joined by a space, which no word contains. */
export const gramsOf = (words: Words, n: number): readonly string[] =>
  Array.from({ length: Math.max(0, words.length - n + 1) }, (_, i) => words.slice(i, i + n).join(' '));
