/** Likelihood figures under the names that a reading reports. */
import { withPauses } from '../../base/job';
import { noInterval } from '../../metrics/intervals/interval';
import type { Rows } from '../../metrics/intervals/units';
import type { Evaluation } from '../evaluation';
import { type FigureId, figureFacts } from '../figures';
import { type LikelihoodId, measured } from '../likelihood';
import type { ReadingContext } from './reading';

/**
 * @param likelihoodOf likelihood metric of each figure
 * @param unit unit that a row sums over
 */
export async function figuresOf(
  likelihoodOf: Readonly<Partial<Record<FigureId, LikelihoodId>>>,
  rows: Rows,
  unit: 'piece' | 'pair' | 'chat' | 'labeled',
  { isRequested, request: { seed }, pause }: Pick<ReadingContext, 'isRequested' | 'request' | 'pause'>,
): Promise<Pick<Evaluation, 'metrics' | 'leftOut'>> {
  const requested = (Object.entries(likelihoodOf) as [FigureId, LikelihoodId][]).filter(([id]) => isRequested(id));
  const ids = requested.map(([, likelihood]) => likelihood);
  const { estimates, blocks } = await withPauses(measured(ids, rows, seed), pause);
  const metrics = requested.map(([id, likelihood]) => [id, { ...estimates[likelihood], unit: figureFacts(id).unit }]);
  const figures = Object.fromEntries(metrics) as Evaluation['metrics'];
  return { metrics: figures, leftOut: withoutInterval(figures, blocks, unit) };
}

/** Figures that have no interval, with the reason. @param units number of independent units */
export function withoutInterval(
  metrics: Evaluation['metrics'],
  units: number,
  unit: 'piece' | 'pair' | 'chat' | 'labeled',
): Evaluation['leftOut'] {
  const names = Object.entries(metrics).flatMap(([name, { low }]) => (low === undefined ? [name] : []));
  const reason = noInterval(units, unit);
  return names.length > 0 && names.length === Object.keys(metrics).length
    ? [{ name: 'intervals', reason }]
    : names.map((name) => ({ name: `interval of ${name}`, reason }));
}
