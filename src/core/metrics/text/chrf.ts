import { countsOf, MAX_NGRAM_TEXT, matchesOf, type TextMetric, wordsOf } from './textMetric';

/**
 * Corpus chrF in percent: F-score of the mean precision and recall of 1- to 6-grams of characters, with recall weighted
 * twice. chrF++ adds unigrams and bigrams of words.
 * @param words maximum order of word n-grams: 0, or 2 for chrF++
 */
export const chrf = (words: 0 | 2 = 0): TextMetric => ({
  label: words === 0 ? 'chrF' : 'chrF++',
  unit: '',
  better: 'higher',
  source:
    'Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation", and 2017, "chrF++: words helping character n-grams"; as sacreBLEU 2 reckons them',
  signature: `nrefs:1|case:mixed|eff:yes|nc:${CHARACTERS}|nw:${words}|space:no`,
  longest: MAX_NGRAM_TEXT,
  statistics(output, wanted) {
    const own = words === 0 ? [] : grams(wordsAndMarks(output), wordsAndMarks(wanted), words);
    return [...grams(charactersOf(output), charactersOf(wanted), CHARACTERS), ...own];
  },
  score(sums) {
    let [precision, recall, orders] = [0, 0, 0];
    for (let i = 0; i < sums.length; i += 3) {
      const [given, wanted, matches] = [sums[i]!, sums[i + 1]!, sums[i + 2]!];
      if (given === 0 || wanted === 0) continue;
      precision += matches / given;
      recall += matches / wanted;
      orders++;
    }
    if (precision + recall === 0) return 0;
    return (100 * (1 + BETA ** 2) * precision * recall) / (BETA ** 2 * precision + recall) / orders;
  },
});
const CHARACTERS = 6;
const BETA = 2;

/** Numbers of n-grams in the output, in the reference and in both, for each order. Zeros if the reference has none. */
const grams = (given: readonly string[], wanted: readonly string[], max: number): readonly number[] =>
  Array.from({ length: max }, (_, i) => {
    const [all, right] = [given, wanted].map(({ length }) => Math.max(0, length - i)) as [number, number];
    return right === 0 ? [0, 0, 0] : [all, right, matchesOf(countsOf(given, i + 1), countsOf(wanted, i + 1))];
  }).flat();

const charactersOf = (text: string): readonly string[] => Array.from(wordsOf(text).join(''));

/** Words, with one punctuation mark split off: the last character if it is one, else the first. */
function wordsAndMarks(text: string): readonly string[] {
  return wordsOf(text).flatMap((word) => {
    const characters = Array.from(word);
    const [first, last] = [characters[0]!, characters.at(-1)!];
    if (characters.length === 1) return [word];
    if (MARK.test(last)) return [characters.slice(0, -1).join(''), last];
    return MARK.test(first) ? [first, characters.slice(1).join('')] : [word];
  });
}
/** Python's `string.punctuation`. */
const MARK = /^[!-/:-@[-`{-~]$/;
