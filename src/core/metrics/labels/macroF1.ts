import type { TextMetric } from '../text/textMetric';
import { labelOf } from './labels';

/**
 * The mean over labels, in percent, of F1 of each: rare labels count as much as common ones. Those that are neither wanted nor
 * given are left out; of one that is never wanted, or never given, F1 is 0.
 * @param labels all that are wanted or given
 */
export function macroF1(labels: readonly string[]): TextMetric {
  const places = new Map(labels.map((label, i) => [label, 3 * i]));
  return {
    label: 'Macro F1',
    unit: '%',
    better: 'higher',
    source: "as f1_score(average='macro', zero_division=0) of scikit-learn 1 reckons it",
    signature: 'average:macro|labels:union|zero_division:0|case:mixed|space:joined',
    /** Of each label: how often it is right, given, wanted. */
    statistics(output, wanted) {
      const counts = new Array<number>(3 * labels.length).fill(0);
      const [given, right] = [places.get(labelOf(output)), places.get(labelOf(wanted))];
      if (given !== undefined) counts[given + 1]!++;
      if (right !== undefined) counts[right + 2]!++;
      if (given !== undefined && given === right) counts[given]!++;
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
