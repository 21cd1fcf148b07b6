/** At which steps a run is evaluated. */
import type { Recipe } from './recipe';

type Times = Pick<Recipe, 'evalEvery' | 'evalEarly'>;

/** Steps of additional samples. A model changes most at first, so they lie closer there. */
const EARLY: readonly number[] = [10, 25, 50, 100, 200, 400, 700, 1000, 1400, 2000];

/** Whether a step that is not the last is evaluated. */
export const isEvaluated = ({ evalEvery, evalEarly }: Times, step: number): boolean =>
  step % evalEvery === 0 || (evalEarly && EARLY.includes(step));

/** How often a run is evaluated after the step that it begins from, up to one that is its last. */
export function evaluationsBetween({ evalEvery, evalEarly }: Times, begun: number, last: number): number {
  const early = evalEarly ? EARLY.filter((at) => at > begun && at < last && at % evalEvery !== 0).length : 0;
  return Math.floor((last - 1) / evalEvery) - Math.floor(begun / evalEvery) + 1 + early;
}
