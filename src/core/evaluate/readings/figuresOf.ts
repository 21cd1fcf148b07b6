/** Likelihood figures under the names that a reading reports. */
import { withPauses } from '../../base/job';
import { noInterval } from '../../metrics/intervals/interval';
import type { Rows } from '../../metrics/intervals/units';
import type { Evaluation } from '../evaluation';
import { type FigureId, figureFacts } from '../figures';
import { type LikelihoodId, measured } from '../likelihood';
import type { Read } from './reading';

/**
 * @param like likelihood metric of each figure
 * @param what unit that a row sums over
 */
export async function figuresOf(
  like: Readonly<Partial<Record<FigureId, LikelihoodId>>>,
  rows: Rows,
  what: 'piece' | 'pair' | 'chat' | 'labeled',
  { isAsked, asked: { seed }, pause }: Pick<Read, 'isAsked' | 'asked' | 'pause'>,
): Promise<Pick<Evaluation, 'metrics' | 'leftOut'>> {
  const own = (Object.entries(like) as [FigureId, LikelihoodId][]).filter(([id]) => isAsked(id));
  const ids = own.map(([, likelihood]) => likelihood);
  const { estimates, blocks } = await withPauses(measured(ids, rows, seed), pause);
  const metrics = own.map(([id, likelihood]) => [id, { ...estimates[likelihood], unit: figureFacts(id).unit }]);
  const figures = Object.fromEntries(metrics) as Evaluation['metrics'];
  return { metrics: figures, leftOut: withoutInterval(figures, blocks, what) };
}

/** Figures that have no interval, with the reason. @param units number of independent units */
export function withoutInterval(
  metrics: Evaluation['metrics'],
  units: number,
  what: 'piece' | 'pair' | 'chat' | 'labeled',
): Evaluation['leftOut'] {
  const names = Object.entries(metrics).flatMap(([name, { low }]) => (low === undefined ? [name] : []));
  const reason = noInterval(units, what);
  return names.length > 0 && names.length === Object.keys(metrics).length
    ? [{ name: 'intervals', reason }]
    : names.map((name) => ({ name: `interval of ${name}`, reason }));
}
