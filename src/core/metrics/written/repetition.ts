import { atOnce } from '../../base/job';
import { intervals } from '../intervals/interval';
import { gramsOf, type WrittenMetric } from './writtenMetric';

/** Mean over texts of the share of 4-grams repeated from earlier in the text. Skips texts of fewer than four words. */
export const repetition: WrittenMetric = {
  label: 'Repetition',
  unit: '%',
  better: 'lower',
  says: 'share of repeated sequences of four words',
  source: 'Welleck et al. 2019, "Neural Text Generation with Unlikelihood Training" (seq-rep-4), arXiv:1908.04319',
  signature: 'case:mixed|tok:words|n:4|mean:texts',
  of(texts, seed) {
    const rows = texts.flatMap((words) => {
      const grams = gramsOf(words, 4);
      return grams.length > 0 ? [[1 - new Set(grams).size / grams.length, 1]] : [];
    });
    if (rows.length === 0) return { value: NaN };
    const of = ([sum, all]: readonly number[]): number => (100 * sum!) / all!;
    const [interval] = atOnce(intervals(rows, [{ of, min: 0, max: 100 }], seed));
    return { value: of([rows.reduce((sum, [share]) => sum + share!, 0), rows.length]), ...interval };
  },
};
