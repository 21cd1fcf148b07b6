/** Which runs tune: what they learn is of the texts that are for tuning, and they are judged by what they forget too. */
import { isOfTuning } from '../objectives';
import type { RunRecord } from './record';
import type { Purpose } from './tuning';

/** Whether a run is tuned. Includes forks and averages of tuned runs, and those that were exported and imported. */
export const isTuning = ({
  trainable,
  old,
  objective,
  parent,
}: Pick<RunRecord, 'trainable' | 'old' | 'objective' | 'parent'>): boolean =>
  trainable !== undefined || old !== undefined || isOfTuning(objective) || parent?.how === 'fine-tune';

/** To what end a run tunes; undefined where it doesn't. */
export function purposeOf(run: Parameters<typeof isTuning>[0]): Purpose | undefined {
  if (!isTuning(run)) return undefined;
  return run.objective === 'labels' ? 'classify' : run.objective === 'chats' ? 'instruct' : 'adapt';
}
