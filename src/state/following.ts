/** The one run that trains, from the press to its outcome: held here, told to its log and phase, and made its project's. */
import { toFailure, type Failure } from '../core/base/errors';
import { readForebears } from '../core/runs/forebears';
import { readRun } from '../core/runs/record';
import type { TrainEvent, TrainOutcome } from '../core/train/run';
import { lostAgain, remedy } from './failures';
import { newOpenRun, NO_RUN } from './openRun';
import { next, type Phase } from './phase';
import { RunLog } from './runLog';
import type { Inputs } from './slices/preparation';
import type { OpenRun } from './slices/run';
import type { Services, Studio, StudioStore } from './slices/studio';

export interface Followed {
  signal: AbortSignal;
  onProgress(events: readonly TrainEvent[]): void;
}

export interface Held {
  end(): void;
  /** All is as before the press. */
  undo(): void;
}

export interface Following {
  /** Of what was pressed last, to stop it. */
  signal(): AbortSignal;
  stop(): void;
  phaseOf(runId: string): Phase;
  setPhase(runId: string, phase: Phase): void;
  fail(runId: string, failure: Failure, step?: number, of?: number): void;
  /**
   * While it is held no other tab trains. Undefined when one does: that is said, and nothing has changed.
   * @param projectId whose run it is, also where another one is shown by now
   */
  trainHere(runId: string, projectId: string, begun?: Pick<OpenRun, 'tunes'>): Promise<Held | undefined>;
  /** What the record says by now, which the worker writes. */
  refresh(runId: string): Promise<void>;
  /** Runs `begin` from compiling to its outcome, telling the log and the phase. */
  follow(
    run: { runId: string; of: number; settings: string },
    begin: (options: Followed) => Promise<TrainOutcome>,
  ): Promise<void>;
}

export function following(
  { data, store, now, wakeLock, tabs }: Services,
  set: StudioStore['setState'],
  get: StudioStore['getState'],
): Following {
  let abort = new AbortController();
  /** What `lostAt` counts for. */
  let lostWith = '';
  const phaseOf = (runId: string): Phase => (get().opened[runId] ?? NO_RUN).phase;
  const setPhase = (runId: string, phase: Phase): void => get().changeRun(runId, (run) => ({ ...run, phase }));
  const fail = (runId: string, failure: Failure, step = 0, of = 0): void =>
    setPhase(runId, { kind: 'failed', failure, step, of });

  /** Held until what trains has a record that names its data. */
  let making: { release(): void } | undefined;
  function hasRecord(): void {
    if (!making) return;
    making.release();
    making = undefined;
    data.call('dropUnused', null).catch(() => undefined); // the next who drops anything does
  }

  async function trainHere(
    runId: string,
    projectId: string,
    begun: Pick<OpenRun, 'tunes'> = {},
  ): Promise<Held | undefined> {
    const { opened, shown, project } = get();
    const before = opened[runId];
    const isShown = project.id === projectId;
    abort = new AbortController(); // from the press on it can be stopped
    const undo = (): void =>
      set(({ opened: { [runId]: _, ...others }, shown: now }) => ({
        opened: before ? { ...others, [runId]: before } : others,
        training: null,
        shown: now.train === runId ? { ...now, train: shown.train } : now,
      }));
    set({
      training: { runId, projectId }, // a second press meanwhile is none
      undecided: null,
      opened: { ...opened, [runId]: { ...(before ?? newOpenRun(runId)), ...begun, phase: { kind: 'preparing' } } },
      shown: isShown ? { ...shown, train: runId === project.runId ? null : runId } : shown,
    });
    const lock = await tabs.lockTraining().catch((error: unknown) => toFailure(error));
    tabs.announce();
    if ('code' in lock) {
      undo();
      get().toast({ text: lock.message, detail: remedy(lock) });
      await get().catchUp();
      return undefined;
    }
    making = await tabs.holdData().catch(() => undefined); // a browser that refuses is told by the next who asks it
    return {
      end() {
        hasRecord();
        set({ training: null });
        lock.release();
        tabs.announce();
      },
      undo,
    };
  }

  /** What failed, for the page; a GPU that the same settings have lost before is told with the steps. */
  function failed(error: unknown, step: number, settings: string): Failure {
    const failure = toFailure(error);
    if (failure.code !== 'device-lost') return failure;
    const lostAt = [...(lostWith === settings ? get().lostAt : []), step];
    lostWith = settings;
    set({ lostAt });
    return lostAt.length === 1 ? failure : { ...failure, ...lostAgain(lostAt, failure.message) };
  }

  async function refresh(runId: string): Promise<void> {
    const record = await readRun(store, runId);
    if (!record) return;
    const isNew = get().opened[runId]?.record === null;
    const before = isNew && record.parent ? new RunLog(await readForebears(store, record)) : undefined;
    get().changeRun(runId, (run) => (run.saved ? { ...run, record, ...(before && { before }) } : run));
  }

  async function follow(
    { runId, of, settings }: { runId: string; of: number; settings: string },
    begin: (options: Followed) => Promise<TrainOutcome>,
  ): Promise<void> {
    wakeLock.hold();
    setPhase(runId, { kind: 'compiling' });
    const onProgress = (events: readonly TrainEvent[]) => {
      const run = get().opened[runId];
      if (!run) return;
      for (const event of events) run.log.append(event);
      // By then its record names what it learns from.
      if (events.some(({ kind }) => kind === 'step' || kind === 'saved')) hasRecord();
      // The step that it resumes from was opened, or passed over for an older one.
      const first = run.phase.kind === 'compiling' ? events.find((event) => event.kind === 'step') : undefined;
      if (first) void get().lookAgain(runId, first.step - 1);
      const save = events.findLast((e) => e.kind === 'saved');
      const saved = save ? { step: save.step, bytes: save.bytes, at: now() } : run.saved;
      const isBegun = events.some((e) => e.kind === 'compiling' && !e.kernels);
      get().changeRun(runId, ({ usable, ...before }) => ({
        ...before,
        phase: events.reduce((p, e) => next(p, e, of), before.phase),
        logVersion: before.logVersion + 1,
        saved,
        usable: saved ?? usable,
      }));
      if (save) void get().followTasks(runId, save.step);
      // A new run's record is there before its first save; where one goes on, its own says with what, before its first step.
      if (run.record ? isBegun : save)
        void get()
          .adopt(runId)
          .catch(() => undefined); // tried again at its end, and told there
    };
    try {
      const { reason, state } = await begin({ signal: abort.signal, onProgress });
      await (get().opened[runId]?.record ? refresh(runId) : get().adopt(runId));
      setPhase(runId, { kind: reason === 'finished' ? 'finished' : 'stopped', step: state.step, of });
      set({ lostAt: [] });
    } catch (error) {
      const run = get().opened[runId];
      const step = run?.log.step.at(-1) ?? 0;
      await (run?.record ? refresh(runId) : get().adopt(runId)).catch(() => undefined); // what failed is told; the record only says so too
      fail(runId, failed(error, step, settings), step, of);
      await get().lookAgain(runId);
    } finally {
      wakeLock.release();
    }
  }

  return {
    signal: () => abort.signal,
    stop: () => abort.abort(),
    phaseOf,
    setPhase,
    fail,
    trainHere,
    refresh,
    follow,
  };
}

/** What is asked for as it was then: another project may be shown by the time that it is done. */
export type Asking = Inputs & Pick<Studio, 'tuneTexts'>;
