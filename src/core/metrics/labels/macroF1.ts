import { labelsIn } from '../../base/labels';
import type { TextMetric } from '../text/textMetric';
import { labelOf } from './labels';

/**
 * Mean F1 over labels, in percent: rare labels count as much as common ones. Leaves out labels that are neither
 * expected nor predicted; one that is never expected, or never predicted, has an F1 of 0.
 * @param labels all expected or predicted labels
 * @param several whether a text can have any number of labels, separated by |
 */
export function macroF1(labels: readonly string[], several = false): TextMetric {
  const places = new Map(labels.map((label, i) => [labelOf(label), 3 * i]));
  const placesIn = (text: string): readonly number[] =>
    (several ? labelsIn(text) : [text]).flatMap((label) => places.get(labelOf(label)) ?? []);
  return {
    label: 'Macro F1',
    unit: '%',
    better: 'higher',
    source: "as f1_score(average='macro', zero_division=0) of scikit-learn 1 reckons it",
    signature: 'average:macro|labels:union|zero_division:0|case:mixed|space:joined',
    /** Per label: numbers of correct, predicted and expected occurrences. */
    statistics(output, wanted) {
      const counts = new Array<number>(3 * labels.length).fill(0);
      const [given, right] = [placesIn(output), placesIn(wanted)];
      for (const place of given) counts[place + 1]!++;
      for (const place of right) counts[place + 2]!++;
      for (const place of given) if (right.includes(place)) counts[place]!++;
      return counts;
    },
    score(sums) {
      let [all, occurring] = [0, 0];
      for (let i = 0; i < sums.length; i += 3) {
        const [right, given, wanted] = [sums[i]!, sums[i + 1]!, sums[i + 2]!];
        if (given + wanted === 0) continue;
        all += (2 * right) / (given + wanted);
        occurring++;
      }
      return (100 * all) / occurring;
    },
  };
}
