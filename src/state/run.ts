/** The run that is shown, and the model that is used: the run itself, once something of it is saved. */
import { HomegrownError, toFailure } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import type { SavedStep } from '../core/checkpoint/checkpoint';
import { readJournal } from '../core/runs/journal';
import { readRun, type RunRecord } from '../core/runs/record';
import { recipeOf } from '../core/runs/segments';
import { RunLog } from './runLog';
import { isActive, type Phase } from './phase';
import type { Slice, Studio } from './studio';

/** A step that was saved and read back, and when. */
export interface Saved {
  step: number;
  bytes: number;
  at: number | null;
}

/** What Playground and Export use: the newest run that has saved a step. */
export interface Model {
  run: RunRecord;
  log: RunLog;
  /** The newest step; where none can be opened that a run goes on from, the best, of which the weights are kept. */
  saved: Saved;
}

export interface RunSlice {
  phase: Phase;
  /** The run that Train shows; null before the first, and until a new one has saved its first step. */
  run: RunRecord | null;
  /** Replaced when another run is shown; grows in place, and `logVersion` counts. */
  log: RunLog;
  logVersion: number;
  /** The newest step, which the run goes on from. */
  saved: Saved | null;
  /** The run that is shown; while a new one has saved no step, and where it fails before it has, the one before. */
  model: Model | null;
  /** Shows the project's run as it was saved. */
  loadRun(): Promise<void>;
  /** Resolves when no run is being opened any more. */
  opened(): Promise<void>;
  /** The run at rest is what its saved steps are; without one to go on from, that is its failure. */
  standAsSaved(): void;
  /** The run has a saved step: it is the model from now on, and the one before is among the others. */
  adopt(runId: string): Promise<void>;
}

export const createRunSlice: Slice<RunSlice> =
  ({ store }) =>
  (set, get) => {
    /** Runs are opened in turn, and none is begun meanwhile: what was asked for last is what is shown. */
    let opening: Promise<void> = Promise.resolve();

    /** As `loadRun`. */
    async function openRun(): Promise<void> {
      if (isActive(get().phase)) return;
      const { runId } = get().project;
      get().endWriting();
      get().endExports();
      set({ run: null, phase: { kind: 'idle' }, log: new RunLog(), saved: null, model: null });
      set({ savedSteps: [], which: 'latest' });
      let of = 0;
      try {
        const run = runId === null ? undefined : await readRun(store, runId);
        if (!run) return;
        of = recipeOf(run).steps;
        const log = new RunLog();
        for (const event of await readJournal(store, run.id)) log.append(event);
        await get().listSaved();
        if (run.step === 0 && !get().savedSteps.some(({ latest }) => latest)) return; // it is no model; in another tab it may become one
        set({ run, log, phase: { kind: 'stopped', step: run.step, of } });
        get().standAsSaved();
      } catch (error) {
        set({ phase: { kind: 'failed', failure: toFailure(error), step: 0, of } });
      }
    }

    return {
      phase: { kind: 'idle' },
      run: null,
      log: new RunLog(),
      logVersion: 0,
      saved: null,
      model: null,
      loadRun() {
        opening = opening.then(openRun);
        return opening;
      },
      opened: () => opening,
      standAsSaved() {
        const { phase, log, logVersion, run, model, savedSteps } = get();
        const newest = savedSteps.find(({ latest }) => latest);
        const best = savedSteps.find((step) => step.best);
        const usable = asSaved(newest ?? best);
        if (model && run?.id !== model.run.id) {
          set({ model: usable && { ...model, saved: usable } }); // a new run is shown, which has saved no step yet
          return;
        }
        const saved = asSaved(newest);
        set({ saved, model: run && usable && { run, log, saved: usable } });
        if (!saved) {
          const failure = run && toFailure(best ? weightsAlone(run, best.step) : nothingSaved(run));
          if (failure && !isActive(phase))
            set({ phase: { kind: 'failed', failure, step: 0, of: recipeOf(run).steps } });
          return;
        }
        const { step } = saved;
        if (phase.kind !== 'stopped' && phase.kind !== 'finished') return;
        log.truncate(step);
        set({
          logVersion: logVersion + 1,
          phase: { kind: step >= phase.of ? 'finished' : 'stopped', step, of: phase.of },
        });
      },
      async adopt(runId) {
        const run = await readRun(store, runId);
        const { log, saved, model, change, endWriting, endExports } = get();
        if (!run || !saved) return;
        set({ run, model: { run, log, saved } });
        if (model?.run.id === runId) return;
        endWriting();
        endExports();
        set({ which: 'latest', savedSteps: [] });
        change({ runId });
      },
    };
  };

/** Whether something has been trained that can be used. */
export const hasModel = ({ model }: Pick<Studio, 'model'>): boolean => model !== null;

/** Whether the model is the run that is shown, of which nothing is left to go on from. */
export const isWeightsAlone = ({ model, run, saved }: Pick<Studio, 'model' | 'run' | 'saved'>): boolean =>
  model !== null && model.run.id === run?.id && saved === null;

const asSaved = (found: SavedStep | undefined): Saved | null =>
  found ? { step: found.step, bytes: found.bytes, at: null } : null;

/** The record alone is no model. */
const nothingSaved = ({ id, step }: RunRecord): HomegrownError =>
  new HomegrownError(
    'storage-damaged',
    `The record of run ${id} says that step ${step} was saved, and no step of it can be opened`,
    'Begin again with the same text. What is left of this run stays as it is.',
  );

const weightsAlone = ({ id }: RunRecord, best: number): HomegrownError =>
  new HomegrownError(
    'storage-damaged',
    `No step can be opened that run ${id} could go on from. Of step ${formatCount(best)}, the best, the weights are kept, without what the optimizer remembered`,
    'Write with it, or take it home. To train on from these weights, bring its Hugging Face folder in again: the optimizer then begins anew.',
  );
