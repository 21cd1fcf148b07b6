/** Exports the model, verifies the exported file, and imports models. */
import type { SavedStep } from '../core/checkpoint/checkpoint';
import { withMoments } from '../core/export/format';
import { type FormatId, FORMATS } from '../core/export/formats';
import { PLAIN_DECISION, temperatureAt } from '../core/runs/settings';
import { exportVerifier, fileOf, rejectOnAbort, stopCheck } from './exportVerification';
import { modelImport } from './importModel';
import { modelOf, shownId, shownRun } from './openRun';
import { chosenStep } from './trained';
import { IDLE, work, type Work } from './work';
import type { ExportSlice, ExportedFile, Exports, Exporting } from './slices/export';
import type { SetState, Slice, SliceServices, Studio } from './slices/studio';

export { fileOf };

type ExportNeeds = Pick<
  Studio,
  | 'bringBack'
  | 'change'
  | 'changeOf'
  | 'classifying'
  | 'listSaved'
  | 'lookAgain'
  | 'opened'
  | 'project'
  | 'show'
  | 'shown'
  | 'takeInto'
  | 'texts'
>;
type ExportState = ExportSlice & ExportNeeds;

export const createExportSlice: Slice<ExportSlice, ExportNeeds> = (services) => (set, get) => ({
  exports: {},
  exportChoice: null,
  cardEvaluations: null,
  importingModel: IDLE,
  incoming: null,
  withOptimizer: false,
  setWithOptimizer: (withOptimizer) => set({ withOptimizer }),
  chooseExport: (exportChoice) => set({ exportChoice }),
  async loadCardEvaluations() {
    const of = exportedStep(get());
    const runId = shownId(get(), 'export');
    const step = shownStep(get())?.step;
    if (runId === null || step === undefined) return;
    const measured = await services.data.call('measured', { runId, step }).catch(() => ({ evaluations: [] })); // reported with all unreadable records
    if (exportedStep(get()) === of) set({ cardEvaluations: { of, measured } });
  },
  ...modelExport(services, set, get),
  ...finishedExports(set, get),
  ...modelImport(services, get, set),
});

/** Writes and downloads a model, then verifies the file. */
function modelExport(
  services: SliceServices,
  set: SetState<ExportState>,
  get: () => ExportState,
): Pick<ExportSlice, 'exportModel' | 'downloadSidecars'> {
  const { data, now, download } = services;
  const setExport = (format: FormatId, exporting: Exporting | undefined): void =>
    set(({ exports: { [format]: _, ...otherFormats } }) => ({
      exports: exporting ? { ...otherFormats, [format]: exporting } : otherFormats,
    }));
  const verifyFile = exportVerifier(services, get, setExport);
  return {
    async exportModel(format) {
      const { withOptimizer } = get();
      const runId = shownId(get(), 'export');
      if (runId === null || get().exports[format]?.kind === 'writing') return undefined;
      if (!shownStep(get())) await get().listSaved(runId);
      const step = shownStep(get())?.step;
      if (step === undefined) return undefined;
      stopCheck(get().exports[format]);
      const result = await work(
        (state) => {
          if (shownId(get(), 'export') !== runId) return;
          if (state.kind === 'busy') setExport(format, { kind: 'writing', work: state });
          else setExport(format, state.kind === 'failed' ? state : undefined);
        },
        now,
        async (options) => {
          const { model } = modelOf(get(), 'export')?.record ?? {};
          // The model card shows the classifier's metrics, and its temperature is folded into the weights.
          if (model?.config.classes) await rejectOnAbort(options.signal, (await get().classifying()).settle(runId));
          return data.call('exportModel', { runId, which: step, format, withOptimizer }, options);
        },
      );
      await get().lookAgain(runId);
      if (!result || shownId(get(), 'export') !== runId) return undefined;
      const { file: blob, name, files, sidecars } = result;
      const { decision = PLAIN_DECISION } = modelOf(get(), 'export')?.record ?? {};
      // With optimizer moments, the weights stay as trained.
      const temperature = withMoments(FORMATS[format], withOptimizer) ? 1 : temperatureAt(decision, step);
      download(blob, name);
      set({ exportChoice: format });
      const file: ExportedFile = { runId, step, at: now(), name, size: blob.size, files, temperature, sidecars };
      verifyFile(format, blob, file);
      return file;
    },
    async downloadSidecars(format) {
      const latest = fileOf(get().exports[format]);
      const file = latest?.step === shownStep(get())?.step ? latest : await get().exportModel(format);
      for (const { name, text } of file?.sidecars ?? []) download(new Blob([text], { type: 'text/plain' }), name);
    },
  };
}

/** Keeps the finished exports of this session by run, for when Export shows the run again. */
function finishedExports(
  set: SetState<ExportState>,
  get: () => ExportState,
): Pick<ExportSlice, 'endExports' | 'restoreExports'> {
  const finished = new Map<string, Exports>();
  return {
    endExports() {
      for (const exporting of Object.values(get().exports)) {
        stopCheck(exporting);
        if (exporting.kind === 'writing' && exporting.work.kind === 'busy') exporting.work.stop();
      }
      for (const [format, exporting] of Object.entries(get().exports) as [FormatId, Exporting][]) {
        const file = fileOf(exporting);
        if (!file) continue;
        // A stopped check has no result.
        const final: Exporting = 'work' in exporting ? { kind: 'unchecked', file, failure: null } : exporting;
        finished.set(file.runId, { ...finished.get(file.runId), [format]: final });
      }
      if (Object.keys(get().exports).length > 0) set({ exports: {} });
    },
    restoreExports() {
      const runId = shownId(get(), 'export');
      if (runId !== null && finished.has(runId)) set({ exports: { ...finished.get(runId), ...get().exports } });
    },
  };
}

type ShownExport = Pick<Studio, 'shown' | 'opened' | 'project'>;

/** Checkpoint that Export shows; undefined without one. */
const shownStep = (s: ShownExport): SavedStep | undefined => chosenStep(shownRun(s, 'export'));

/** Key of the run and step that Export shows. */
export const exportedStep = (s: ShownExport): string => [shownId(s, 'export'), shownStep(s)?.step].join(' ');

/** The export or check in progress; exports first. */
export function busyExport({ exports }: Pick<Studio, 'exports'>): (Work & { kind: 'busy' }) | undefined {
  const busy = Object.values(exports).flatMap((exporting) =>
    'work' in exporting && exporting.work.kind === 'busy' ? [{ ...exporting, work: exporting.work }] : [],
  );
  return (busy.find(({ kind }) => kind === 'writing') ?? busy[0])?.work;
}
