import type { TrainState } from '../checkpoint/snapshot';
import { isMeasuredAlike, type Segmented } from './segments';

/**
 * The state of a saved step as a run resumes from it. A loss that was measured in an earlier segment is neither the best nor
 * one that early stopping waits on.
 * @param segments with the one that begins
 * @param best of the saved steps
 */
export function resumedState(
  { segments }: Segmented,
  { waited, ...state }: TrainState,
  best: TrainState['best'],
): TrainState {
  const isAlike = isMeasuredAlike({ segments }, state.step + 1);
  return { ...state, best: best && isAlike(best) ? best : null, ...(waited && isAlike(state) && { waited }) };
}
