/** What a page shows of a stored run, read again when its row changes. Storage lists what can't be read. */
import type { RunRow, SavedStep } from '../protocol/data';
import { useStudioStore } from './react';
import type { RunLog } from './runLog';
import { useQuery, useWorkerValue } from './useWorkerValue';

/** Steps of a run that can be opened, oldest first; undefined until they are read. */
export const useSavedStepsOf = (row: RunRow): readonly SavedStep[] | undefined =>
  useWorkerValue('savedSteps', { runId: row.record.id }, row).value?.steps;

/** All events of a run; undefined until they are read. */
export function useRunLog(row: RunRow): RunLog | undefined {
  const store = useStudioStore();
  const { id } = row.record;
  return useQuery(`log of ${id}`, () => store.getState().readRunLog(id), row).value;
}
