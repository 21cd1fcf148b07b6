/** Steps at which a run is evaluated. */
import type { Recipe } from './recipe';

type EvaluationSettings = Pick<Recipe, 'evalEvery' | 'evalEarly'>;

/** Steps of additional early evaluations, denser at first because a model changes most then. */
const EARLY_STEPS: readonly number[] = [10, 25, 50, 100, 200, 400, 700, 1000, 1400, 2000];

/** Whether a step is evaluated. The last step always is. */
export const isEvaluated = ({ evalEvery, evalEarly }: EvaluationSettings, step: number): boolean =>
  step % evalEvery === 0 || (evalEarly && EARLY_STEPS.includes(step));

/** Number of evaluations after step `start`, up to and including step `last`. */
export function evaluationsBetween({ evalEvery, evalEarly }: EvaluationSettings, start: number, last: number): number {
  const early = evalEarly
    ? EARLY_STEPS.filter((step) => step > start && step < last && step % evalEvery !== 0).length
    : 0;
  return Math.floor((last - 1) / evalEvery) - Math.floor(start / evalEvery) + 1 + early;
}
