/** Where a value lies with 95 % confidence, by how unlike the units are that it is made of: documents, pieces of a text, or pairs. */
import { counted } from '../../base/units';
import { bootstrap } from './bootstrap';
import { jackknife } from './jackknife';
import { denseOf, type Interval, merged, type Rows, type Sparse, sparseOf, type Statistic } from './units';

/** Units from which they are drawn again. Of fewer too few different drawings can be had, and Student's t does better. */
export const MIN_UNITS = 10;

/**
 * Of several statistics of the same units. Yields between pieces of work.
 * @param units of each, what adds up
 * @returns of each statistic; undefined where so few units, one or all alike, tell nothing of how unlike others would be
 */
export function* intervals(
  units: Rows | Sparse,
  statistics: readonly Statistic[],
  seed: number,
): Generator<void, readonly (Interval | undefined)[]> {
  if (statistics.length === 0) return [];
  const rows = 'rows' in units ? units : sparseOf(units);
  if (rows.rows.length < MIN_UNITS) {
    const few = denseOf(rows);
    return statistics.map((statistic) => jackknife(few, statistic));
  }
  return yield* bootstrap(merged(rows), statistics, seed);
}

/** Why there is none: few units are too few, and of more only what is alike in all of them has none. @param what a unit is called */
export const noInterval = (units: number, what: keyof typeof ALL_OF): string =>
  units < MIN_UNITS
    ? `Too little text for an interval: ${counted(units, what)}, and ${MIN_UNITS} are needed.`
    : `The ${ALL_OF[what]} all have the same value, so no interval can be estimated.`;
const ALL_OF = {
  piece: 'pieces',
  pair: 'pairs',
  chat: 'chats',
  line: 'lines',
  text: 'generated texts',
  labeled: 'texts',
} as const;
