/** Taking the model home, and bringing one back. */
import { HomegrownError, toFailure } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import { UNTITLED } from './project';
import { isActive } from './run';
import type { Slice } from './studio';
import { IDLE, work, type Work } from './work';

export interface ExportSlice {
  exporting: Work;
  /** The last zip that was written in this session. */
  exported: { name: string; size: number; files: readonly { name: string; size: number }[] } | null;
  importingModel: Work;
  /** Whether the zip carries what training needs to go on. */
  withOptimizer: boolean;
  setWithOptimizer(withOptimizer: boolean): void;
  exportModel(): Promise<void>;
  /** A zip or the files of a folder; it becomes the current run. */
  importModel(files: readonly File[]): Promise<void>;
}

export const createExportSlice: Slice<ExportSlice> =
  ({ data, now, download }) =>
  (set, get) => ({
    exporting: IDLE,
    exported: null,
    importingModel: IDLE,
    withOptimizer: false,
    setWithOptimizer: (withOptimizer) => set({ withOptimizer }),
    async exportModel() {
      const { project, which, withOptimizer } = get();
      const { runId } = project;
      if (!runId) return;
      const result = await work(
        (exporting) => set({ exporting }),
        now,
        (options) => data.call('exportModel', { runId, which, format: 'hf', withOptimizer }, options),
      );
      if (!result) return;
      const { file, name, files } = result;
      download(file, name);
      set({ exported: { name, size: file.size, files } });
    },
    async importModel(files) {
      if (isActive(get().phase)) {
        const error = new HomegrownError(
          'in-use',
          'A run is in progress, and a model that is brought in would take its place',
          'Stop and save the run, then bring the model in. Nothing was changed.',
        );
        set({ importingModel: { kind: 'failed', failure: toFailure(error) } });
        return;
      }
      const result = await work(
        (importingModel) => set({ importingModel }),
        now,
        (options) => data.call('importModel', { files, addedAt: now() }, options),
      );
      if (!result) return;
      get().change({ runId: result.runId });
      await get().loadRun();
      const { run, toast } = get();
      if (run && get().project.name === UNTITLED) get().change({ name: run.name });
      if (run) toast({ text: `${run.name} is here`, detail: `a model at step ${formatCount(run.step)}` });
    },
  });
