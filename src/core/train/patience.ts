/**
 * Early stopping: a run ends once the validation loss hasn't fallen for a number of evaluations. It can resume, and then counts
 * from zero. Evaluations that a person requests don't count, nor does one after a stop, so they don't move the end.
 *
 * Source: Prechelt 1998, "Early Stopping, But When?", criterion UP, against the lowest loss so far.
 */
import type { TrainState } from '../checkpoint/snapshot';
import { evaluationsBetween } from './evaluations';
import type { Recipe } from './recipe';

type Patience = Pick<Recipe, 'patience' | 'minDelta'>;
/** Loss to improve on, in nats per token, and the number of evaluations that didn't. */
export type Waited = NonNullable<TrainState['waited']>;

/** Returns the count after an evaluation; undefined without patience. */
export function waitedAfter(waited: Waited | undefined, loss: number, { patience, minDelta }: Patience) {
  if (patience === 0) return undefined;
  if (waited && !(loss < waited.loss - minDelta)) return { ...waited, evaluations: waited.evaluations + 1 };
  return { loss, evaluations: 0 };
}

export const isOutOfPatience = ({ waited }: TrainState, { patience }: Patience): boolean =>
  patience > 0 && waited !== undefined && waited.evaluations >= patience;

/** Whether a run ends before its last step. */
export const isEarly = (state: TrainState, recipe: Patience & Pick<Recipe, 'steps'>): boolean =>
  endReason(state, recipe) === 'early';

/** Reason why training ends, or ended, at a state: its last step, early stopping, or before both. */
export const endReason = (state: TrainState, recipe: Patience & Pick<Recipe, 'steps'>): EndReason =>
  state.step >= recipe.steps ? 'finished' : isOutOfPatience(state, recipe) ? 'early' : 'stopped';
export type EndReason = 'finished' | 'early' | 'stopped';

/** Returns the state to resume from. A run that ended early counts from zero; without patience, the count is dropped. */
export function resumedState({ waited, ...state }: TrainState, recipe: Patience): TrainState {
  if (!waited || recipe.patience === 0) return state;
  const evaluations = isOutOfPatience({ ...state, waited }, recipe) ? 0 : waited.evaluations;
  return { ...state, waited: { ...waited, evaluations } };
}

type EvaluationSettings = Pick<Recipe, 'steps' | 'patience' | 'evalEvery' | 'evalEarly'>;

/** Whether a run has too few evaluations before its last step for early stopping to end it. */
export const isTooShortForPatience = (recipe: EvaluationSettings): boolean =>
  recipe.patience > evaluationsBeforeEnd(recipe);

/** Number of evaluations after step 0 and before the last step. */
export const evaluationsBeforeEnd = (recipe: EvaluationSettings): number =>
  evaluationsBetween(recipe, 0, recipe.steps) - 1;

/** Steps between evaluations that leave early stopping room: at least 10 evaluations, and twice the patience. */
export const evalEveryFor = ({ steps, patience }: Pick<Recipe, 'steps' | 'patience'>): number =>
  Math.max(1, Math.floor(steps / Math.max(10, 2 * patience)));
