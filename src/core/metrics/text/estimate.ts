/** Metrics of texts over all pairs, each with the interval that it lies in with 95 % confidence. */
import { intervals } from '../intervals/interval';
import { sparse, type SparseRow, sumOf } from '../intervals/units';
import type { Estimate } from '../metric';
import { shareOf } from '../share';
import type { Pair, TextMetric } from './textMetric';

/**
 * Yields between pieces of work.
 * @param pairs one at least
 * @returns of each metric
 */
export function* estimates(
  metrics: readonly TextMetric[],
  pairs: readonly Pair[],
  seed = 0,
): Generator<void, readonly Estimate[]> {
  // Of hundreds of labels a pair has to do with a few.
  const rows: SparseRow[] = [];
  for (const { output, wanted } of pairs) {
    rows.push(sparse(metrics.flatMap((metric) => metric.statistics(output, wanted))));
    if (rows.length % AT_ONCE === 0) yield;
  }
  // Beside each other, so that each drawing is of the same pairs for all.
  const widths = metrics.map((metric) => metric.statistics('', '').length);
  const own = metrics.map((metric, i) => {
    const from = widths.slice(0, i).reduce((a, b) => a + b, 0);
    return { ...metric, sumsOf: (sums: readonly number[]) => sums.slice(from, from + widths[i]!) };
  });
  const width = widths.reduce((a, b) => a + b, 0);
  const sums = sumOf(width, rows);
  const drawn = own
    .filter(({ isShare }) => !isShare)
    .map(({ score, sumsOf, better }) => ({
      of: (drawing: readonly number[]) => score(sumsOf(drawing)),
      least: 0,
      ...(better === 'higher' && { most: 100 }),
    }));
  const found = [...(yield* intervals({ width, rows }, drawn, seed))];
  return own.map(({ isShare, score, sumsOf }) => {
    const [right, all] = sumsOf(sums);
    return isShare ? shareOf(right!, all!) : { value: score(sumsOf(sums)), ...found.shift() };
  });
}
/** Pairs whose statistics take a few ms. */
const AT_ONCE = 16;
