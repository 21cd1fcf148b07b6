/** Exports the model, verifies the exported file, and imports models. */
import { toFailure } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import type { SavedStep } from '../core/checkpoint/checkpoint';
import { checkOf, withMoments } from '../core/export/format';
import { type FormatId, FORMATS } from '../core/export/formats';
import type { RunRecord } from '../core/runs/record';
import { PLAIN_DECISION, temperatureAt } from '../core/runs/settings';
import { uncheckable } from '../core/verify/check';
import { matches } from '../core/verify/compare';
import type { Reference } from '../core/verify/reference';
import { atTemperature } from '../core/verify/asDistribution';
import { explain } from './failures';
import { type Project, UNTITLED } from '../core/runs/project';
import { isUntouched } from './projects';
import { modelOf, shownId, shownRun } from './openRun';
import { chosenStep } from './trained';
import { IDLE, work, type Work } from './work';
import { isApplied } from '../core/tokenizer/tokenizer';
import type { ExportSlice, ExportedFile, Exports, Exporting } from './slices/export';
import type { Slice, Studio } from './slices/studio';

export const createExportSlice: Slice<
  ExportSlice,
  Pick<
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
  >
> = ({ data, gpu, verify, now, download, tabs, toasts, session }) => {
  /** Runs one check at a time: each holds a model in memory. */
  let lastCheck: Promise<void> = Promise.resolve();
  let asked: { of: string; ours: Promise<Reference> } | undefined;
  /** Finished exports of this session, by run. */
  const finished = new Map<string, Exports>();

  return (set, get) => {
    const put = (format: FormatId, exporting: Exporting | undefined): void =>
      set(({ exports: { [format]: _, ...others } }) => ({
        exports: exporting ? { ...others, [format]: exporting } : others,
      }));

    /** Reference outputs of our engine for a checkpoint, computed once for all formats. */
    const ours = (runId: string, step: number): Promise<Reference> => {
      const of = `${runId} ${step}`;
      if (asked?.of !== of) {
        asked = { of, ours: gpu.call('reference', { runId, which: step }) };
        asked.ours.catch(() => (asked = undefined));
      }
      return asked.ours;
    };

    const check = async (format: FormatId, blob: Blob, file: ExportedFile, before: Promise<void>): Promise<void> => {
      /** Shows a state, unless another run or a newer file replaced the file. */
      const tell = (exporting: Exporting): void => {
        if (fileOf(get().exports[format]) === file) put(format, exporting);
      };
      const run = modelOf(get(), 'export')?.record;
      const reason = run ? uncheckable(checkOf(FORMATS[format], run.model), run.model) : null;
      if (reason !== null) {
        put(format, { kind: 'uncheckable', file, reason });
        await before; // the next call waits for that one
        return;
      }
      const stopped = new AbortController();
      const stop = (): void => {
        stopped.abort();
        tell({ kind: 'unchecked', file, failure: null });
      };
      put(format, { kind: 'waiting', file, stop });
      await before;
      // Skips a check that was stopped while it waited, or whose file a newer one replaced with its own check.
      if (!run || stopped.signal.aborted || fileOf(get().exports[format]) !== file) return;
      const figures = await work(
        (state) => {
          if (state.kind === 'busy') tell({ kind: 'checking', file, work: state });
          else tell({ kind: 'unchecked', file, failure: state.kind === 'failed' ? state.failure : null });
        },
        now,
        async (options) => {
          options.signal.addEventListener('abort', () => verify.end());
          try {
            const reference = await unless(options.signal, ours(run.id, file.step));
            const input = { file: blob, format, model: run.model, ours: atTemperature(reference, file.temperature) };
            return await verify.call('verify', input, options);
          } finally {
            verify.end(); // frees its memory
          }
        },
      );
      if (figures) tell({ kind: matches(figures) ? 'verified' : 'mismatch', file, figures });
    };

    /** Reports an import into a project that is no longer open. */
    async function reportElsewhere(
      { id, name }: Project,
      file: string,
      done: { runId: string } | undefined,
    ): Promise<void> {
      const { importingModel, changeOf } = get();
      if (done) {
        await changeOf(id, done);
        toasts.show({ text: `Imported ${file} into ${name}` });
      } else if (importingModel.kind === 'failed') {
        set({ importingModel: IDLE });
        toasts.show({ text: `Couldn’t import ${file} into ${name}`, detail: explain(importingModel.failure) });
      }
    }

    return {
      exports: {},
      exportChoice: null,
      cardEvaluations: null,
      importingModel: IDLE,
      incoming: null,
      withOptimizer: false,
      setWithOptimizer: (withOptimizer) => set({ withOptimizer }),
      chooseExport: (exportChoice) => set({ exportChoice }),
      async exportModel(format) {
        const { withOptimizer } = get();
        const runId = shownId(get(), 'export');
        if (runId === null || get().exports[format]?.kind === 'writing') return undefined;
        const chosen = (): SavedStep | undefined => chosenStep(shownRun(get(), 'export'));
        if (!chosen()) await get().listSaved(runId);
        const step = chosen()?.step;
        if (step === undefined) return undefined;
        stopCheck(get().exports[format]);
        const result = await work(
          (state) => {
            if (shownId(get(), 'export') !== runId) return;
            if (state.kind === 'busy') put(format, { kind: 'writing', work: state });
            else put(format, state.kind === 'failed' ? state : undefined);
          },
          now,
          async (options) => {
            const { model } = modelOf(get(), 'export')?.record ?? {};
            // The model card shows the classifier's metrics, and its temperature is folded into the weights.
            if (model?.config.classes) await unless(options.signal, (await get().classifying()).settle(runId));
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
        lastCheck = check(format, blob, file, lastCheck);
        return file;
      },
      async loadCardEvaluations() {
        const of = exportedStep(get());
        const runId = shownId(get(), 'export');
        const step = chosenStep(shownRun(get(), 'export'))?.step;
        if (runId === null || step === undefined) return;
        const measured = await data.call('measured', { runId, step }).catch(() => ({ evaluations: [] })); // reported with all unreadable records
        if (exportedStep(get()) === of) set({ cardEvaluations: { of, measured } });
      },
      async downloadSidecars(format) {
        const latest = fileOf(get().exports[format]);
        const file =
          latest?.step === chosenStep(shownRun(get(), 'export'))?.step ? latest : await get().exportModel(format);
        for (const { name, text } of file?.sidecars ?? []) download(new Blob([text], { type: 'text/plain' }), name);
      },
      endExports() {
        for (const exporting of Object.values(get().exports)) {
          stopCheck(exporting);
          if (exporting.kind === 'writing' && exporting.work.kind === 'busy') exporting.work.stop();
        }
        for (const [format, exporting] of Object.entries(get().exports) as [FormatId, Exporting][]) {
          const file = fileOf(exporting);
          if (!file) continue;
          // A stopped check has no result.
          const last: Exporting = 'work' in exporting ? { kind: 'unchecked', file, failure: null } : exporting;
          finished.set(file.runId, { ...finished.get(file.runId), [format]: last });
        }
        if (Object.keys(get().exports).length > 0) set({ exports: {} });
      },
      restoreExports() {
        const runId = shownId(get(), 'export');
        if (runId !== null && finished.has(runId)) set({ exports: { ...finished.get(runId), ...get().exports } });
      },
      importModel: (files) => bringIn(files),
      async takeIncoming(context) {
        const { incoming } = get();
        if (incoming) await bringIn(incoming.files, { isSeen: true, context });
      },
      leaveIncoming: () => set({ incoming: null }),
    };

    async function bringIn(files: readonly File[], how: { isSeen?: true; context?: number } = {}): Promise<void> {
      const { project } = get();
      const training = session.current();
      set({ incoming: null });
      const result = await get().takeInto(project.id, () =>
        work(
          (importingModel) => set({ importingModel }),
          now,
          (options) => data.call('importModel', { files, projectId: project.id, addedAt: now(), ...how }, options),
        ),
      );
      if (result && 'preview' in result) {
        if (get().project.id === project.id) set({ incoming: { files, preview: result.preview } });
        return;
      }
      if (result) tabs.announce();
      if (get().project.id !== project.id) {
        await reportElsewhere(project, files[0]!.name, result);
        return;
      }
      if (!result) return;
      const { runId } = result;
      const isNew = isUntouched(get()) && get().project.tokenizer === null;
      const before = modelOf(get(), 'playground')?.record;
      // While a run trains, Train keeps showing it.
      if (training) await Promise.all([get().show('playground', runId), get().show('export', runId)]);
      else await get().bringBack(runId);
      const { change, opened } = get();
      const run = opened[runId]?.record;
      if (!run) return;
      // Unchanged settings become those of the imported model.
      if (isNew) {
        const { id, config, vocabulary } = run.model;
        const { kind } = run.tokenizer;
        // An imported tokenizer that can't be trained here belongs to the run only.
        const tokenizerChoice = isApplied(kind) ? undefined : { kind, vocabulary };
        change({ name: run.name, ...(tokenizerChoice && { tokenizerChoice }), model: { id, config, byHand: [] } });
      } else if (get().project.name === UNTITLED) change({ name: run.name });
      const back = async ({ id, name }: RunRecord): Promise<void> => {
        try {
          if (get().project.id === project.id) await get().bringBack(id);
          else await get().changeOf(project.id, { runId: id });
        } catch (error) {
          toasts.show({ text: `Couldn’t restore ${name}`, detail: explain(toFailure(error)) });
        }
      };
      toasts.show({
        text: `Imported ${run.name}`,
        detail: before
          ? `At step ${formatCount(run.step)}. ${before.name} is on Runs`
          : `At step ${formatCount(run.step)}`,
        ...(before && !training && { undo: () => void back(before) }),
      });
    }
  };
};

/** Names the step that Export shows. */
export const exportedStep = (s: Pick<Studio, 'shown' | 'opened' | 'project'>): string =>
  [shownId(s, 'export'), chosenStep(shownRun(s, 'export'))?.step].join(' ');

export const fileOf = (exporting: Exporting | undefined): ExportedFile | undefined =>
  exporting && 'file' in exporting ? exporting.file : undefined;

/** The export or check in progress; exports first. */
export function busyExport({ exports }: Pick<Studio, 'exports'>): (Work & { kind: 'busy' }) | undefined {
  const busy = Object.values(exports).flatMap((e) =>
    'work' in e && e.work.kind === 'busy' ? [{ ...e, work: e.work }] : [],
  );
  return (busy.find(({ kind }) => kind === 'writing') ?? busy[0])?.work;
}

function stopCheck(exporting: Exporting | undefined): void {
  if (exporting?.kind === 'waiting') exporting.stop();
  if (exporting?.kind === 'checking' && exporting.work.kind === 'busy') exporting.work.stop();
}

/** Rejects when the signal aborts; the work behind `promise` may end later. */
const unless = <T>(signal: AbortSignal, promise: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('Stopped')));
    promise.then(resolve, reject);
  });
