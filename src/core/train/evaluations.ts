/** Steps at which a run is evaluated. */
import type { Recipe } from './recipe';

type Times = Pick<Recipe, 'evalEvery' | 'evalEarly'>;

/** Steps of additional early evaluations, denser at first because a model changes most then. */
const EARLY: readonly number[] = [10, 25, 50, 100, 200, 400, 700, 1000, 1400, 2000];

/** Whether a step is evaluated. The last step always is. */
export const isEvaluated = ({ evalEvery, evalEarly }: Times, step: number): boolean =>
  step % evalEvery === 0 || (evalEarly && EARLY.includes(step));

/** Number of evaluations after step `begun`, up to and including step `last`. */
export function evaluationsBetween({ evalEvery, evalEarly }: Times, begun: number, last: number): number {
  const early = evalEarly ? EARLY.filter((at) => at > begun && at < last && at % evalEvery !== 0).length : 0;
  return Math.floor((last - 1) / evalEvery) - Math.floor(begun / evalEvery) + 1 + early;
}
