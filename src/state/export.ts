/** Taking the model home, and bringing one back. */
import type { Slice } from './studio';
import { IDLE, work, type Work } from './work';

export interface ExportSlice {
  exporting: Work;
  /** The last zip that was written in this session. */
  exported: { name: string; size: number; files: readonly { name: string; size: number }[] } | null;
  importingModel: Work;
  exportModel(withOptimizer: boolean): Promise<void>;
  /** A zip or the files of a folder; it becomes the current run. */
  importModel(files: readonly File[]): Promise<void>;
}

export const createExportSlice: Slice<ExportSlice> =
  ({ data, now, download }) =>
  (set, get) => ({
    exporting: IDLE,
    exported: null,
    importingModel: IDLE,
    async exportModel(withOptimizer) {
      const { project, which } = get();
      const { runId } = project;
      if (!runId) return;
      const result = await work(
        (exporting) => set({ exporting }),
        now,
        (options) => data.call('exportModel', { runId, which, withOptimizer }, options),
      );
      if (!result) return;
      const { zip, name, files } = result;
      download(zip, name);
      set({ exported: { name, size: zip.size, files } });
    },
    async importModel(files) {
      const result = await work(
        (importingModel) => set({ importingModel }),
        now,
        (options) => data.call('importModel', { files, addedAt: now() }, options),
      );
      if (!result) return;
      get().change({ runId: result.runId });
      await get().loadRun();
    },
  });
