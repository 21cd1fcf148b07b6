import { countsOf, MAX_NGRAM_TEXT, matchesOf, type TextMetric, withoutWhiteEnd, wordsOf } from './textMetric';

/** Tokenizer of BLEU: NIST's mteval-v13a or mteval-v14, or single characters. */
export type BleuTokenizer = keyof typeof TOKENIZERS;

/** Corpus BLEU in percent: geometric mean of 1- to 4-gram precisions, times the brevity penalty. */
export const bleu = (tokenizer: BleuTokenizer): TextMetric => ({
  label: 'BLEU',
  unit: '',
  better: 'higher',
  source: 'Papineni et al. 2002; smoothed as NIST does (method 3 of Chen & Cherry 2014); as sacreBLEU 2 reckons it',
  signature: `nrefs:1|case:mixed|eff:no|tok:${tokenizer}|smooth:exp`,
  longest: MAX_NGRAM_TEXT,
  statistics(output, wanted) {
    const [given, right] = [output, wanted].map((text) => wordsOf(TOKENIZERS[tokenizer](withoutWhiteEnd(text))));
    const orders = Array.from({ length: ORDERS }, (_, i) => i + 1);
    const matches = orders.map((n) => matchesOf(countsOf(given!, n), countsOf(right!, n)));
    return [given!.length, right!.length, ...matches, ...orders.map((n) => Math.max(0, given!.length - n + 1))];
  },
  score([given, wanted, ...counts]) {
    const [matches, totals] = [counts.slice(0, ORDERS), counts.slice(ORDERS)];
    if (!matches.some((count) => count > 0)) return 0;
    let smoothing = 1;
    let logs = 0;
    for (const [i, total] of totals.entries()) {
      if (total === 0) return 0;
      const match = matches[i]!;
      if (match === 0) smoothing *= 2;
      logs += Math.log((100 * (match || 1 / smoothing)) / total);
    }
    const brevity = given! < wanted! ? Math.exp(1 - wanted! / given!) : 1;
    // Rounding of exp(log(x)) may exceed x.
    return Math.min(100, brevity * Math.exp(logs / ORDERS));
  },
});
const ORDERS = 4;

const TOKENIZERS = { '13a': mteval13a, intl: mteval14, char: (text: string): string => Array.from(text).join(' ') };

/** Tokenization of mteval-v13a.pl, for European languages. */
function mteval13a(text: string): string {
  return ` ${unescaped(text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' '))} `
    .replace(/([{-~[-` -&(-+:-@/])/g, ' $1 ')
    .replace(/([^0-9])([.,])/gu, '$1 $2 ')
    .replace(/([.,])([^0-9])/gu, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ');
}
const unescaped = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>');

/** Tokenization of mteval-v14.pl with --international-tokenization, by Unicode character classes. */
function mteval14(text: string): string {
  return text
    .replace(/(\P{N})(\p{P})/gu, '$1 $2 ')
    .replace(/(\p{P})(\P{N})/gu, ' $1 $2')
    .replace(/(\p{S})/gu, ' $1 ');
}
