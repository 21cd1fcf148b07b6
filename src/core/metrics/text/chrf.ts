import { countsOf, matchesOf, type TextMetric, wordsOf } from './textMetric';

/** Of a corpus, in percent: the F-score, with recall twice as heavy, of the mean precision and recall of 1- to 6-grams of characters. */
export const chrf: TextMetric = {
  label: 'chrF',
  unit: '',
  better: 'higher',
  source: 'Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation"; as sacreBLEU 2 reckons it',
  signature: 'nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no',
  statistics(output, wanted) {
    const [given, right] = [output, wanted].map((text) => Array.from(wordsOf(text).join('')));
    return Array.from({ length: ORDERS }, (_, i) => {
      const [all, wantedOnes] = [given!, right!].map((characters) => Math.max(0, characters.length - i)) as [
        number,
        number,
      ];
      // Where nothing of this length is wanted, nothing is counted.
      const matches = wantedOnes === 0 ? 0 : matchesOf(countsOf(given!, i + 1), countsOf(right!, i + 1));
      return [wantedOnes === 0 ? 0 : all, wantedOnes, matches];
    }).flat();
  },
  score(sums) {
    let [precision, recall, orders] = [0, 0, 0];
    for (let i = 0; i < 3 * ORDERS; i += 3) {
      const [given, wanted, matches] = [sums[i]!, sums[i + 1]!, sums[i + 2]!];
      if (given === 0 || wanted === 0) continue;
      precision += matches / given;
      recall += matches / wanted;
      orders++;
    }
    if (precision + recall === 0) return 0;
    return (100 * (1 + BETA ** 2) * precision * recall) / (BETA ** 2 * precision + recall) / orders;
  },
};
const ORDERS = 6;
const BETA = 2;
