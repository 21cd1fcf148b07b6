import { longestCommon } from './longestCommon';
import { stem } from './stem';
import { countsOf, MAX_NGRAM_TEXT, matchesOf, meanOfPairs, type TextMetric } from './textMetric';

/** Mean over pairs, in percent, of the F1 of n-grams, or with `L`, of the longest common subsequence. */
export const rouge = (kind: 1 | 2 | 'L', stemming = false): TextMetric =>
  meanOfPairs(
    {
      label: `ROUGE-${kind}`,
      unit: '',
      better: 'higher',
      source: 'Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries"; words and F as in rouge-score',
      signature: `nrefs:1|case:lc|tok:a-z0-9|stem:${stemming ? 'porter' : 'no'}|of:${kind}|mean:pairs`,
      longest: kind === 'L' ? { unit: 'word', count: 100_000 } : MAX_NGRAM_TEXT,
    },
    100,
    (output, wanted) => {
      const [given, right] = [output, wanted].map((text) => tokensOf(text, stemming)) as [string[], string[]];
      if (kind === 'L') return f1(longestCommon(given, right), given.length, right.length);
      const matches = matchesOf(countsOf(given, kind), countsOf(right, kind));
      return f1(matches, given.length - kind + 1, right.length - kind + 1);
    },
  );

/** Words of ASCII letters and digits, in lower case; stems those longer than three characters. */
function tokensOf(text: string, stemming: boolean): string[] {
  const tokens = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return stemming ? tokens.map((token) => (token.length > 3 ? stem(token) : token)) : tokens;
}

function f1(matches: number, given: number, wanted: number): number {
  const [precision, recall] = [matches / Math.max(1, given), matches / Math.max(1, wanted)];
  return precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
}
