/** Metrics of generated texts, each with its reference. To add one, write its file and add a line to index.ts. */
import { badSettings } from '../../base/errors';
import { counted, formatCount } from '../../base/units';

export interface TextMetric {
  label: string;
  unit: string;
  better: 'lower' | 'higher';
  /** Paper or code that defines it. */
  source: string;
  /** Everything that the value depends on, in the form of sacreBLEU's signatures, without a version. */
  signature: string;
  /** The value is a percentage of independent pairs, so its interval follows from a formula. */
  isShare?: true;
  /** Maximum length of a text. */
  longest?: { unit: keyof typeof COUNTS; count: number };
  /** Statistics of one output and its reference, which are summed over all pairs. */
  statistics(output: string, wanted: string): readonly number[];
  /** Value from the summed statistics. */
  score(sums: readonly number[]): number;
}

export interface Pair {
  output: string;
  wanted: string;
}

/** Length of a text by unit. */
const COUNTS = {
  word: (text: string): number => wordsOf(text).length,
  character: (text: string): number => text.length,
};
/** Maximum characters of a text for n-gram metrics, which hold all n-grams of both texts in memory. */
export const MAX_NGRAM_TEXT = { unit: 'character', count: 1_000_000 } as const;

/** @throws HomegrownError `bad-settings`, before any work, naming the first text that is too long for a metric */
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

/** Value over all pairs, at least one. @throws HomegrownError `bad-settings` if a text is too long for the metric */
export function scoreOf(metric: TextMetric, pairs: readonly Pair[]): number {
  checkLengths([metric], pairs);
  const sums: number[] = [];
  for (const { output, wanted } of pairs)
    for (const [i, value] of metric.statistics(output, wanted).entries()) sums[i] = (sums[i] ?? 0) + value;
  return metric.score(sums);
}

type Facts = Omit<TextMetric, 'statistics' | 'score'>;

/** A metric that is the mean of a number for each pair, times `scale`. */
export const meanOfPairs = (
  facts: Facts,
  scale: number,
  of: (output: string, wanted: string) => number,
): TextMetric => ({
  ...facts,
  statistics: (output, wanted) => [of(output, wanted), 1],
  score: ([sum, pairs]) => (scale * sum!) / pairs!,
});

/** Words between whitespace, like Python's `str.split`. */
export const wordsOf = (text: string): string[] => text.split(WHITE).filter((word) => word !== '');
/** Removes trailing whitespace, like Python's `str.rstrip`. */
export function withoutWhiteEnd(text: string): string {
  let end = text.length;
  while (end > 0 && WHITE.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}
const WHITE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

/** Counts of each n-gram, with its tokens joined by NUL, which no token contains. */
export function countsOf(tokens: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= tokens.length; i++) {
    const gram = n === 1 ? tokens[i]! : tokens.slice(i, i + n).join('\0');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}
/** Number of n-grams that two texts share, each counted with its smaller frequency. */
export function matchesOf(some: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): number {
  let matches = 0;
  for (const [gram, count] of some) matches += Math.min(count, others.get(gram) ?? 0);
  return matches;
}
