/** Metrics of generated texts, each with its reference. To add one, write its file and add a line to index.ts. */
import { badSettings } from '../../base/errors';
import { counted, formatCount } from '../../base/units';

export interface TextMetric {
  label: string;
  unit: string;
  better: 'lower' | 'higher';
  /** Paper or code that defines it. */
  source: string;
  /** All that its value depends on, in the form of sacreBLEU's signatures, without a version. */
  signature: string;
  /** It is how many of independent pairs are right, in percent: its interval follows from a formula. */
  isShare?: true;
  /** The longest texts that it compares. */
  longest?: { unit: keyof typeof COUNTS; count: number };
  /** Of one output and what was wanted: numbers that add up over all pairs. */
  statistics(output: string, wanted: string): readonly number[];
  /** The value, of their sums. */
  score(sums: readonly number[]): number;
}

export interface Pair {
  output: string;
  wanted: string;
}

/** Counts at most so many as there are. */
const COUNTS = {
  word: (text: string): number => wordsOf(text).length,
  character: (text: string): number => text.length,
};
/** Characters of n-grams that are held at once, in both texts. */
export const MAX_NGRAM_TEXT = { unit: 'character', count: 1_000_000 } as const;

/** @throws HomegrownError `bad-settings` naming the first text that a metric does not compare, before any work */
export function checkLengths(metrics: readonly TextMetric[], pairs: readonly Pair[]): void {
  for (const { label, longest } of metrics)
    for (const [i, pair] of longest ? pairs.entries() : []) {
      const { unit, count } = longest!;
      for (const side of ['output', 'wanted'] as const) {
        // No text has more words than characters.
        const length = pair[side].length > count ? COUNTS[unit](pair[side]) : 0;
        if (length <= count) continue;
        throw badSettings(
          `${label} compares texts of up to ${counted(count, unit)}, and the ${side === 'output' ? 'output' : 'reference'} of pair ${formatCount(i + 1)} has ${formatCount(length)}.`,
          `Nothing was measured. Leave ${label} out, or split this text into shorter ones.`,
        );
      }
    }
}

/** Of all pairs; they are at least one. @throws HomegrownError `bad-settings` of texts that are too long for it */
export function scoreOf(metric: TextMetric, pairs: readonly Pair[]): number {
  checkLengths([metric], pairs);
  const sums: number[] = [];
  for (const { output, wanted } of pairs)
    for (const [i, value] of metric.statistics(output, wanted).entries()) sums[i] = (sums[i] ?? 0) + value;
  return metric.score(sums);
}

type Facts = Omit<TextMetric, 'statistics' | 'score'>;

/** One that is the mean of a number of each pair, `scale` times. */
export const meanOfPairs = (
  facts: Facts,
  scale: number,
  of: (output: string, wanted: string) => number,
): TextMetric => ({
  ...facts,
  statistics: (output, wanted) => [of(output, wanted), 1],
  score: ([sum, pairs]) => (scale * sum!) / pairs!,
});

/** Words between white space, which is what Python takes for it (`str.split`). */
export const wordsOf = (text: string): string[] => text.split(WHITE).filter((word) => word !== '');
/** As Python's `str.rstrip`. */
export function withoutWhiteEnd(text: string): string {
  let end = text.length;
  while (end > 0 && WHITE.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}
const WHITE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

/** How often each of its n-grams occurs, its tokens joined by what no token holds. */
export function countsOf(tokens: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= tokens.length; i++) {
    const gram = n === 1 ? tokens[i]! : tokens.slice(i, i + n).join('\0');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}
/** How many n-grams two texts have in common, each as often as in both. */
export function matchesOf(some: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): number {
  let matches = 0;
  for (const [gram, count] of some) matches += Math.min(count, others.get(gram) ?? 0);
  return matches;
}
