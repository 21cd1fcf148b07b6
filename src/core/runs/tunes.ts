/** Identifies tuning runs, which train on texts for tuning and are also judged by forgetting. */
import { isOfTuning } from '../objectives';
import type { RunRecord } from './record';
import type { Purpose } from './tuning';

/** Whether a run is tuned. Includes forks and averages of tuned runs, also after an export and import. */
export const isTuning = ({
  trainable,
  old,
  objective,
  parent,
}: Pick<RunRecord, 'trainable' | 'old' | 'objective' | 'parent'>): boolean =>
  trainable !== undefined || old !== undefined || isOfTuning(objective) || parent?.how === 'fine-tune';

/** Purpose of a tuning run; undefined for other runs. */
export function purposeOf(run: Parameters<typeof isTuning>[0]): Purpose | undefined {
  if (!isTuning(run)) return undefined;
  return run.objective === 'labels' ? 'classify' : run.objective === 'chats' ? 'instruct' : 'adapt';
}
