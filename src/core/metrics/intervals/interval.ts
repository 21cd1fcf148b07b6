/** 95 % confidence intervals from the variation among independent units: documents, pieces of a text, or pairs. */
import { counted } from '../../base/units';
import { bootstrap } from './bootstrap';
import { jackknife } from './jackknife';
import { denseOf, type Interval, merged, type Rows, type Sparse, sparseOf, type Statistic } from './units';

/** Minimum number of units for the bootstrap; with fewer, Student's t is more accurate. */
export const MIN_UNITS = 10;

/**
 * Intervals of several statistics of the same units. Yields between pieces of work.
 * @param units summable numbers of each unit
 * @returns interval of each statistic; undefined if few units are equal, or there is only one, so the variation is
 * unknown
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

/** Reason why there is no interval: too few units, or equal ones. @param what kind of unit */
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
