import type { TrainState } from '../checkpoint/snapshot';
import { isMeasuredAlike, type Segmented } from './segments';

/**
 * State of a run that resumes from a saved step. Drops a best loss, and the patience of early stopping, that were
 * measured in an earlier segment.
 * @param segments including the one that begins
 * @param best best of the saved steps
 */
export function resumedState(
  { segments }: Segmented,
  { waited, ...state }: TrainState,
  best: TrainState['best'],
): TrainState {
  const isAlike = isMeasuredAlike({ segments }, state.step + 1);
  return { ...state, best: best && isAlike(best) ? best : null, ...(waited && isAlike(state) && { waited }) };
}
