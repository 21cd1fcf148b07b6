/** The one run that trains here: takes the lock, keeps log and phase current, and makes the run its project's. */
import { toFailure, type Failure } from '../core/base/errors';
import { readAncestors } from '../core/runs/ancestors';
import { readRun } from '../core/runs/record';
import type { TrainEvent, TrainOutcome } from '../core/train/run';
import { lostAgain, remedy } from './failures';
import { newOpenRun, NO_RUN } from './openRun';
import { next, type Phase } from './phase';
import { RunLog } from './runLog';
import type { OpenRun } from './slices/run';
import type { Services, SetState, SliceServices, Studio } from './slices/studio';
import type { Claim, FollowOptions, TrainingSession } from './slices/trainingSession';

/** Members of the state that the session reads, calls and sets. */
type SessionNeeds = Pick<
  Studio,
  | 'adopt'
  | 'catchUp'
  | 'changeRun'
  | 'followTasks'
  | 'lookAgain'
  | 'lostAt'
  | 'opened'
  | 'project'
  | 'shown'
  | 'training'
  | 'undecided'
>;

export function createTrainingSession(
  { data, store, now, wakeLock, tabs, toasts }: Services & Pick<SliceServices, 'toasts'>,
  set: SetState<SessionNeeds>,
  get: () => SessionNeeds,
): TrainingSession {
  let abort = new AbortController();
  /** Settings that `lostAt` refers to. */
  let lostWith = '';
  const phaseOf = (runId: string): Phase => (get().opened[runId] ?? NO_RUN).phase;
  const setPhase = (runId: string, phase: Phase): void => get().changeRun(runId, (run) => ({ ...run, phase }));
  const fail = (runId: string, failure: Failure, step = 0, of = 0): void =>
    setPhase(runId, { kind: 'failed', failure, step, of });

  /** Lock that keeps the run's data until a record names it. */
  let making: { release(): void } | undefined;
  function hasRecord(): void {
    if (!making) return;
    making.release();
    making = undefined;
    data.call('dropUnused', null).catch(() => undefined); // otherwise the next purge removes it
  }

  async function claim(
    runId: string,
    projectId: string,
    begun: Pick<OpenRun, 'tunes'> = {},
  ): Promise<Claim | undefined> {
    const { opened, shown, project } = get();
    const before = opened[runId];
    const isShown = project.id === projectId;
    abort = new AbortController(); // can be stopped from the press on
    const undo = (): void =>
      set(({ opened: { [runId]: _, ...others }, shown: now }) => ({
        opened: before ? { ...others, [runId]: before } : others,
        training: null,
        shown: now.train === runId ? { ...now, train: shown.train } : now,
      }));
    set({
      training: { runId, projectId }, // ignores a second press meanwhile
      undecided: null,
      opened: { ...opened, [runId]: { ...(before ?? newOpenRun(runId)), ...begun, phase: { kind: 'preparing' } } },
      shown: isShown ? { ...shown, train: runId === project.runId ? null : runId } : shown,
    });
    const lock = await tabs.lockTraining().catch((error: unknown) => toFailure(error));
    tabs.announce();
    if ('code' in lock) {
      undo();
      toasts.show({ text: lock.message, detail: remedy(lock) });
      await get().catchUp();
      return undefined;
    }
    making = await tabs.holdData().catch(() => undefined); // the next request reports a browser that refuses
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

  /** A failure for the page; if the same settings lost the GPU before, it names the steps. */
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
    const before = isNew && record.parent ? new RunLog(await readAncestors(store, record)) : undefined;
    get().changeRun(runId, (run) => (run.saved ? { ...run, record, ...(before && { before }) } : run));
  }

  async function follow(
    { runId, of, settings }: { runId: string; of: number; settings: string },
    begin: (options: FollowOptions) => Promise<TrainOutcome>,
  ): Promise<void> {
    wakeLock.hold();
    setPhase(runId, { kind: 'compiling' });
    const onProgress = (events: readonly TrainEvent[]) => {
      const run = get().opened[runId];
      if (!run) return;
      for (const event of events) run.log.append(event);
      // By then its record names its data.
      if (events.some(({ kind }) => kind === 'step' || kind === 'saved')) hasRecord();
      // The checkpoint of the resume was opened, or replaced by an older one.
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
      // A new run's record is stored before its first save, and a resumed run's new settings before its first step.
      if (run.record ? isBegun : save)
        void get()
          .adopt(runId)
          .catch(() => undefined); // retried at its end, and reported there
    };
    try {
      const { reason, state } = await begin({ signal: abort.signal, onProgress });
      await (get().opened[runId]?.record ? refresh(runId) : get().adopt(runId));
      setPhase(runId, { kind: reason === 'finished' ? 'finished' : 'stopped', step: state.step, of });
      set({ lostAt: [] });
    } catch (error) {
      const run = get().opened[runId];
      const step = run?.log.step.at(-1) ?? 0;
      await (run?.record ? refresh(runId) : get().adopt(runId)).catch(() => undefined); // the failure is reported; the record only repeats it
      fail(runId, failed(error, step, settings), step, of);
      await get().lookAgain(runId);
    } finally {
      wakeLock.release();
    }
  }

  return {
    current: () => get().training,
    signal: () => abort.signal,
    stop: () => abort.abort(),
    phaseOf,
    setPhase,
    fail,
    claim,
    refresh,
    follow,
  };
}
