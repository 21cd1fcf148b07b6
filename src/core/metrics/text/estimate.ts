/** Text metrics over all pairs, with 95 % confidence intervals. */
import { intervals } from '../intervals/interval';
import { sparse, type SparseRow, sumOf } from '../intervals/units';
import type { Estimate } from '../metric';
import { shareOf } from '../share';
import { checkLengths, type Pair, type TextMetric } from './textMetric';

/**
 * Yields between pieces of work.
 * @throws HomegrownError `bad-settings`, before any work, if a text is too long for a metric
 * @param pairs at least one
 * @returns estimates of each metric
 */
export function* estimates(
  metrics: readonly TextMetric[],
  pairs: readonly Pair[],
  seed = 0,
): Generator<void, readonly Estimate[]> {
  checkLengths(metrics, pairs);
  // Sparse, because a pair involves few of possibly hundreds of labels.
  const rows: SparseRow[] = [];
  let [count, characters] = [0, 0];
  for (const { output, wanted } of pairs) {
    rows.push(sparse(metrics.flatMap((metric) => metric.statistics(output, wanted))));
    characters += output.length + wanted.length;
    if (++count < PAIRS_AT_ONCE && characters < CHARACTERS_AT_ONCE) continue;
    yield;
    [count, characters] = [0, 0];
  }
  // Joined, so that all metrics use the same resampled pairs.
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
      min: 0,
      ...(better === 'higher' && { max: 100 }),
    }));
  const found = [...(yield* intervals({ width, rows }, drawn, seed))];
  return own.map(({ isShare, score, sumsOf }) => {
    const [right, all] = sumsOf(sums);
    return isShare ? shareOf(right!, all!) : { value: score(sumsOf(sums)), ...found.shift() };
  });
}
/** Numbers of pairs, and of their characters, whose statistics take a few ms. */
const PAIRS_AT_ONCE = 16;
const CHARACTERS_AT_ONCE = 2 ** 14;
