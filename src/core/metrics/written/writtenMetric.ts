/** Metrics of generated texts without a reference. To add one, write its file and add a line to index.ts. */
import type { Estimate } from '../metric';

/** A text, cut into words. */
export type Words = readonly string[];

export interface WrittenMetric {
  label: string;
  unit: '%';
  better: 'lower' | 'higher';
  /** What a value tells, to a newcomer. */
  says: string;
  /** Paper that defines it. */
  source: string;
  /** All that its value depends on, in the form of sacreBLEU's signatures, without a version. */
  signature: string;
  /**
   * @param seed of the drawings that its interval may be made by
   * @returns NaN where texts are too short for it
   */
  of(texts: readonly Words[], seed: number): Estimate;
}

/** What stands between white space; of scripts that put none between words, each character. */
export const wordsIn = (text: string): Words => text.match(WORD) ?? [];
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const WORD = new RegExp(`[${UNSPACED}]\\p{M}*|[^\\s${UNSPACED}]+`, 'gu');

/** Every `n` words in a row, joined by what no word holds. */
export const gramsOf = (words: Words, n: number): readonly string[] =>
  Array.from({ length: Math.max(0, words.length - n + 1) }, (_, i) => words.slice(i, i + n).join(' '));
