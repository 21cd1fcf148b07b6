/** The runs that are kept here: which there are, bringing one back, and giving back what one takes. */
import { toFailure } from '../core/base/errors';
import { formatBytes } from '../core/base/units';
import type { KeptRun } from '../core/runs/kept';
import { explain } from './failures';
import { bringBackRefusal } from './refusals';
import type { Slice, Studio } from './studio';

export interface RunsSlice {
  /** Newest first, the current one among them; null until they have been listed. */
  runs: readonly KeptRun[] | null;
  listRuns(): Promise<void>;
  /** Makes a run the current one, which Train, Playground and Export show. False where that was refused, and said. */
  bringBack(runId: string): Promise<boolean>;
  /** Gives back what the saved steps of an earlier run take; its record and its curve stay. */
  freeRun(runId: string): Promise<void>;
}

export const createRunsSlice: Slice<RunsSlice> =
  ({ data }) =>
  (set, get) => ({
    runs: null,
    async listRuns() {
      try {
        set({ runs: await data.call('keptRuns', null) });
      } catch (error) {
        get().toast({ text: 'The earlier runs could not be listed', detail: toFailure(error).message });
      }
    },
    async bringBack(runId) {
      const { project, toast, change, loadRun } = get();
      const refusal = bringBackRefusal(get());
      if (refusal !== undefined) {
        toast({ text: refusal });
        return false;
      }
      change({ runId });
      await loadRun();
      if (get().project.runId !== runId) return false; // another was asked for meanwhile
      if (get().model) return true;
      toast({ text: 'This run cannot be brought back', detail: 'none of its saved steps is kept any more' });
      change({ runId: project.runId });
      await loadRun();
      return false;
    },
    async freeRun(runId) {
      const { model, runs, toast, listRuns } = get();
      const run = runs?.find(({ id }) => id === runId);
      if (!run || runId === model?.run.id) return;
      try {
        await data.call('freeRun', { runId });
        toast({ text: `${formatBytes(run.bytes ?? 0)} are free`, detail: `the curve of ${run.name} stays` });
      } catch (error) {
        toast({ text: `The saved steps of ${run.name} were not freed`, detail: explain(toFailure(error)) });
      }
      await listRuns();
    },
  });

/** All but the current one. */
export const earlierRuns = ({ runs, model }: Pick<Studio, 'runs' | 'model'>): readonly KeptRun[] =>
  runs?.filter(({ id }) => id !== model?.run.id) ?? [];
