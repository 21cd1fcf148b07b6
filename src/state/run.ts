/** The run: one phase, one log, and the buttons that move it. */
import { badSettings, HomegrownError, toFailure, type Failure } from '../core/base/errors';
import { readMetrics } from '../core/runs/metrics';
import { readRun, type RunRecord } from '../core/runs/record';
import { problems, unfit } from '../core/train/problems';
import type { TrainEvent, TrainOutcome } from '../core/train/run';
import type { SavedStep } from '../protocol/data';
import type { BeginInput, ResumeInput } from '../protocol/gpu';
import { MetricLog } from './metrics';
import { textIds } from './preparation';
import { remedy } from './failures';
import type { Slice, Studio } from './studio';
import { work } from './work';

/** One value, so that "paused and running" cannot be written down. */
export type Phase =
  | { kind: 'idle' }
  | { kind: 'preparing' }
  | { kind: 'compiling' }
  | { kind: 'training'; step: number; of: number }
  | { kind: 'stopping'; step: number; of: number }
  | { kind: 'stopped' | 'finished'; step: number; of: number }
  | { kind: 'failed'; failure: Failure; step: number; of: number };

export interface RunSlice {
  phase: Phase;
  /** The run that is shown; null before the first. */
  run: RunRecord | null;
  /** Replaced when another run is shown; grows in place, and `logVersion` counts. */
  log: MetricLog;
  logVersion: number;
  /** Newest step that was saved and read back, and when. */
  saved: { step: number; bytes: number; at: number | null } | null;
  loadRun(): Promise<void>;
  /** The run at rest is what this saved step is; without one, nothing of it is saved. */
  standAt(step: SavedStep | undefined): void;
  /** Prepares what is missing and begins a new run with the project's settings. */
  start(): Promise<void>;
  /** Ends at the next step boundary and saves; not an error. */
  stop(): void;
  /** Continues to `steps` in all, or to what the run was to have. */
  resume(steps?: number): Promise<void>;
  /** One click: a bundled text, settings that suit it, and off. */
  growSample(file: string): Promise<void>;
}

export const createRunSlice: Slice<RunSlice> =
  ({ gpu, data, store, now, newId, wakeLock, tabs }) =>
  (set, get) => {
    let abort = new AbortController();

    /** While it is held no other tab trains. Undefined when one does: that is said, and nothing has changed. */
    async function trainHere(): Promise<{ end(): void } | undefined> {
      const { phase } = get();
      set({ phase: { kind: 'preparing' } }); // a second press meanwhile is none
      const lock = await tabs.holdTraining().catch((error: unknown) => toFailure(error));
      set({ phase });
      tabs.announce();
      if ('code' in lock) {
        get().toast({ text: lock.message, detail: remedy(lock) });
        await get().catchUp();
        return undefined;
      }
      return {
        end() {
          lock.release();
          tabs.announce();
        },
      };
    }

    /** A run's record is there before its first save: from then on its own settings are shown, not the next run's. */
    async function showRun(): Promise<void> {
      const { runId } = get().project;
      const run = runId === null ? undefined : await readRun(store, runId);
      if (run && get().project.runId === run.id) set({ run });
    }

    /** Runs `begin` from compiling to its outcome, telling the log and the phase. */
    async function follow(
      of: number,
      begin: (options: {
        signal: AbortSignal;
        onProgress(events: readonly TrainEvent[]): void;
      }) => Promise<TrainOutcome>,
    ): Promise<void> {
      abort = new AbortController();
      wakeLock.hold();
      set({ phase: { kind: 'compiling' } });
      const onProgress = (events: readonly TrainEvent[]) => {
        const { log, phase, logVersion, saved } = get();
        for (const event of events) log.append(event);
        // What it resumes from has just been opened, or set aside for an older one.
        if (phase.kind === 'compiling' && events.some((e) => e.kind === 'step')) void get().lookAgain();
        const save = events.findLast((e) => e.kind === 'saved');
        const isBegun = events.some((e) => e.kind === 'compiling');
        // Where it goes on, its record says with what, before its first step.
        if (get().run ? isBegun : save) void showRun();
        set({
          phase: events.reduce((p, e) => next(p, e, of), phase),
          logVersion: logVersion + 1,
          saved: save ? { step: save.step, bytes: save.bytes, at: now() } : saved,
        });
      };
      try {
        const { reason, state } = await begin({ signal: abort.signal, onProgress });
        set({ phase: { kind: reason, step: state.step, of } });
      } catch (error) {
        set({ phase: { kind: 'failed', failure: toFailure(error), step: get().log.step.at(-1) ?? 0, of } });
        await get().lookAgain();
      } finally {
        wakeLock.release();
      }
    }

    /** What a run goes on with: its own data, or for a model that was brought in, the texts cut by its tokenizer. */
    async function sourceFor({ manifest, tokenizer, data: facts }: RunRecord): Promise<Partial<ResumeInput> | null> {
      if (manifest) return {};
      const { texts, project } = get();
      if (texts.length === 0) {
        const error = badSettings(
          'This model was brought in without the text that it learnt from, so it cannot go on',
          'Add that text, or another, then resume.',
        );
        set({ phase: { kind: 'failed', failure: toFailure(error), step: get().saved?.step ?? 0, of: 0 } });
        return null;
      }
      const { phase } = get();
      set({ phase: { kind: 'preparing' } });
      const validationShare = facts?.validationShare ?? project.validationShare;
      const built = await work(
        (building) => set({ building }),
        now,
        (options) => data.call('buildData', { texts: textIds(get()), tokenizer, validationShare }, options),
      );
      set({ phase });
      return built ? { data: built, texts: textFacts(texts) } : null;
    }

    return {
      phase: { kind: 'idle' },
      run: null,
      log: new MetricLog(),
      logVersion: 0,
      saved: null,
      async loadRun() {
        const { runId } = get().project;
        set({ run: null, phase: { kind: 'idle' }, log: new MetricLog(), saved: null, savedSteps: [] });
        let of = 0;
        try {
          const run = runId === null ? undefined : await readRun(store, runId);
          if (!run) return;
          of = run.recipe.steps;
          set({ run });
          const log = new MetricLog();
          for (const event of await readMetrics(store, run.id)) log.append(event);
          await get().listSaved();
          const newest = get().savedSteps.find(({ latest }) => latest);
          if (!newest && run.step === 0) {
            set({ run: null }); // it is no model; in another tab it may become one
            return;
          }
          set({ log, phase: { kind: 'stopped', step: run.step, of } });
          get().standAt(newest);
        } catch (error) {
          set({ phase: { kind: 'failed', failure: toFailure(error), step: 0, of } });
        }
        set({
          writtenAfter: '',
          written: [],
          writing: { kind: 'idle' },
          which: 'latest',
          exports: {},
        });
      },
      standAt(newest) {
        const { phase, log, logVersion } = get();
        if (!newest) {
          const { run } = get();
          set({ saved: null });
          if (run && !isActive(phase))
            set({ phase: { kind: 'failed', failure: toFailure(nothingSaved(run)), step: 0, of: run.recipe.steps } });
          return;
        }
        const { step, bytes } = newest;
        set({ saved: { step, bytes, at: null } });
        if (phase.kind !== 'stopped' && phase.kind !== 'finished') return;
        log.truncate(step);
        set({
          logVersion: logVersion + 1,
          phase: { kind: step >= phase.of ? 'finished' : 'stopped', step, of: phase.of },
        });
      },
      async start() {
        if (isActive(get().phase)) return;
        const turn = await trainHere();
        if (!turn) return;
        set({ phase: { kind: 'preparing' } });
        try {
          if (get().texts.length === 0) throw badSettings('There is no text to learn from', 'Add text, or a sample.');
          if (!(await get().prepare())) {
            const { tokenizing, building } = get();
            const failed = [tokenizing, building].find((w) => w.kind === 'failed');
            set({ phase: failed ? { kind: 'failed', failure: failed.failure, step: 0, of: 0 } : { kind: 'idle' } });
            return;
          }
          const { project, texts } = get();
          const { tokenizer, data: record, recipe } = project;
          if (!tokenizer || !record) throw new HomegrownError('bug', 'Preparation ended without data');
          const model = { id: project.model.id, config: project.model.config, vocabulary: tokenizer.size };
          const { train, validation } = record.manifest;
          const wrong = problems(model, recipe, { train: train.tokens, validation: validation.tokens });
          if (wrong.length > 0) throw unfit(wrong);
          const runId = newId();
          const input = {
            runId,
            name: project.name,
            createdAt: now(),
            model,
            recipe,
            tokenizer: tokenizer.model,
            data: record,
            texts: textFacts(texts),
          };
          set({ log: new MetricLog(), saved: null, run: null, written: [], writing: { kind: 'idle' }, exports: {} });
          const running = follow(recipe.steps, (options) => gpu.call('begin', input, options));
          get().change({ runId });
          await running;
          set({ run: (await readRun(store, runId)) ?? null });
        } catch (error) {
          set({ phase: { kind: 'failed', failure: toFailure(error), step: 0, of: 0 } });
        } finally {
          turn.end();
        }
      },
      stop() {
        const { phase, tokenizing, building } = get();
        if (phase.kind === 'preparing') for (const w of [tokenizing, building]) if (w.kind === 'busy') w.stop();
        if (phase.kind === 'training') set({ phase: { ...phase, kind: 'stopping' } });
        abort.abort();
      },
      async resume(steps) {
        const { run, phase } = get();
        if (!run || isActive(phase)) return;
        const of = steps ?? run.recipe.steps;
        const turn = await trainHere();
        if (!turn) return;
        try {
          const source = await sourceFor(run);
          if (!source) return;
          await follow(of, (options) =>
            gpu.call('resume', { runId: run.id, ...source, ...(steps !== undefined && { steps }) }, options),
          );
          set({ run: (await readRun(store, run.id)) ?? run });
        } finally {
          turn.end();
        }
      },
      async growSample(file) {
        if (isActive(get().phase)) return;
        if (await get().addSample(file)) await get().start();
      },
    };
  };

export const isActive = ({ kind }: Phase): boolean =>
  kind === 'preparing' || kind === 'compiling' || kind === 'training' || kind === 'stopping';

/** What is stored of the run cannot be read, or not by this version. */
export const isUnreadable = (phase: Phase): boolean =>
  phase.kind === 'failed' && (phase.failure.code === 'storage-damaged' || phase.failure.code === 'newer-version');

/** The record alone is no model. */
const nothingSaved = ({ id, step }: RunRecord): HomegrownError =>
  new HomegrownError(
    'storage-damaged',
    `The record of run ${id} says that step ${step} was saved, and no step of it can be opened`,
    'Begin again with the same text. What is left of this run stays as it is.',
  );

/** What the model card says of the texts. */
const textFacts = (texts: Studio['texts']): BeginInput['texts'] =>
  texts.map(({ name, characters, sha256, licence }) => ({
    name,
    characters,
    sha256,
    ...(licence !== null && { licence }),
  }));

/** Whether something has been trained that can be used. */
export const hasModel = ({ run, saved, phase }: Pick<Studio, 'run' | 'saved' | 'phase'>): boolean =>
  (run !== null || isActive(phase)) && saved !== null;

export function next(phase: Phase, event: TrainEvent, of: number): Phase {
  if (phase.kind === 'stopping') return phase; // late events must not undo the click
  switch (event.kind) {
    case 'compiling':
      return { kind: 'compiling' };
    case 'step':
      return { kind: 'training', step: event.step, of };
    case 'evaluated':
    case 'saved':
    case 'kept':
      return phase;
    default:
      return event satisfies never;
  }
}
