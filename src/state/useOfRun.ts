/** Values of a stored run for a page, read again when its row changes. Storage lists unreadable records. */
import type { RunRow, SavedStep } from '../protocol/data';
import { useStudioStore } from './react';
import type { RunLog } from './runLog';
import { useQuery, useWorkerValue } from './useWorkerValue';

/** Readable checkpoints of a run, oldest first; undefined until loaded. */
export const useSavedStepsOf = (row: RunRow): readonly SavedStep[] | undefined =>
  useWorkerValue('savedSteps', { runId: row.record.id }, row).value?.steps;

/** All events of a run; undefined until loaded. */
export function useRunLog(row: RunRow): RunLog | undefined {
  const store = useStudioStore();
  const { id } = row.record;
  return useQuery(`log of ${id}`, () => store.getState().readRunLog(id), row).value;
}
