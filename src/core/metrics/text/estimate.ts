/** A metric of texts over all pairs, with the interval that it lies in with 95 % confidence. */
import { shareOf } from '../share';
import { bootstrap, type Interval } from './bootstrap';
import { summed, type TextMetric } from './textMetric';

/** @param rows statistics of each pair, one at least */
export function estimated(
  { score, isShare }: Pick<TextMetric, 'score' | 'isShare'>,
  rows: readonly (readonly number[])[],
  seed = 0,
): { value: number } & Interval {
  const [right, all] = summed(rows);
  return isShare ? shareOf(right!, all!) : { value: score(summed(rows)), ...bootstrap(rows, score, { seed }) };
}
