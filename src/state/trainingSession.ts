/** The one run that trains here: takes the lock, keeps log and phase current, and makes the run its project's. */
import { toFailure, type Failure } from '../core/base/errors';
import { readAncestors } from '../core/runs/ancestors';
import { readRun } from '../core/runs/record';
import type { TrainEvent } from '../core/train/run';
import { lostAgain, remedy } from './failures';
import { newOpenRun, NO_RUN } from './openRun';
import { next } from './phase';
import { RunLog } from './runLog';
import type { Services, SetState, SliceServices, Studio } from './slices/studio';
import type { TrainingSession } from './slices/trainingSession';

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
type SessionServices = Services & Pick<SliceServices, 'toasts'>;

export function createTrainingSession(
  services: SessionServices,
  set: SetState<SessionNeeds>,
  get: () => SessionNeeds,
): TrainingSession {
  const { store, wakeLock } = services;
  let abort = new AbortController();
  const lock = trainingLock(services, set, get);
  const withLostSteps = gpuLosses(set, get);
  const setPhase: TrainingSession['setPhase'] = (runId, phase) => get().changeRun(runId, (run) => ({ ...run, phase }));
  const fail: TrainingSession['fail'] = (runId, failure, step = 0, of = 0) =>
    setPhase(runId, { kind: 'failed', failure, step, of });

  async function refresh(runId: string): Promise<void> {
    const record = await readRun(store, runId);
    if (!record) return;
    const isNew = get().opened[runId]?.record === null;
    const before = isNew && record.parent ? new RunLog(await readAncestors(store, record)) : undefined;
    get().changeRun(runId, (run) => (run.saved ? { ...run, record, ...(before && { before }) } : run));
  }
  const refreshOrAdopt = (runId: string): Promise<void> =>
    get().opened[runId]?.record ? refresh(runId) : get().adopt(runId);

  return {
    current: () => get().training,
    signal: () => abort.signal,
    stop: () => abort.abort(),
    phaseOf: (runId) => (get().opened[runId] ?? NO_RUN).phase,
    setPhase,
    fail,
    refresh,
    claim(runId, projectId, fields) {
      abort = new AbortController(); // can be stopped from the press on
      return lock.claim(runId, projectId, fields);
    },
    async follow({ runId, of, settings }, begin) {
      wakeLock.hold();
      setPhase(runId, { kind: 'compiling' });
      const onProgress = (events: readonly TrainEvent[]): void => {
        if (!get().opened[runId]) return;
        // By then its record names its data.
        if (events.some(({ kind }) => kind === 'step' || kind === 'saved')) lock.releaseData();
        applyEvents(services, get, runId, { events, of });
      };
      try {
        const { reason, state } = await begin({ signal: abort.signal, onProgress });
        await refreshOrAdopt(runId);
        setPhase(runId, { kind: reason === 'finished' ? 'finished' : 'stopped', step: state.step, of });
        set({ lostAt: [] });
      } catch (error) {
        const step = get().opened[runId]?.log.step.at(-1) ?? 0;
        await refreshOrAdopt(runId).catch(() => undefined); // the failure is reported; the record only repeats it
        fail(runId, withLostSteps(toFailure(error), step, settings), step, of);
        await get().lookAgain(runId);
      } finally {
        wakeLock.release();
      }
    },
  };
}

interface TrainingLock {
  claim: TrainingSession['claim'];
  /** Lets other tabs purge data without a record again. */
  releaseData(): void;
}

/** The lock on training, which only one tab holds, and the lock that keeps the run's data until a record names it. */
function trainingLock(
  { data, tabs, toasts }: SessionServices,
  set: SetState<SessionNeeds>,
  get: () => SessionNeeds,
): TrainingLock {
  let dataLock: { release(): void } | undefined;
  function releaseData(): void {
    if (!dataLock) return;
    dataLock.release();
    dataLock = undefined;
    data.call('dropUnused', null).catch(() => undefined); // otherwise the next purge removes it
  }
  return {
    releaseData,
    async claim(runId, projectId, fields = {}) {
      const { opened, shown, project } = get();
      const before = opened[runId];
      const undo = (): void =>
        set(({ opened: { [runId]: _, ...otherRuns }, shown: now }) => ({
          opened: before ? { ...otherRuns, [runId]: before } : otherRuns,
          training: null,
          shown: now.train === runId ? { ...now, train: shown.train } : now,
        }));
      set({
        training: { runId, projectId }, // ignores a second press meanwhile
        undecided: null,
        opened: { ...opened, [runId]: { ...(before ?? newOpenRun(runId)), ...fields, phase: { kind: 'preparing' } } },
        shown: project.id === projectId ? { ...shown, train: runId === project.runId ? null : runId } : shown,
      });
      const lock = await tabs.lockTraining().catch((error: unknown) => toFailure(error));
      tabs.announce();
      if ('code' in lock) {
        undo();
        toasts.show({ text: lock.message, detail: remedy(lock) });
        await get().catchUp();
        return undefined;
      }
      dataLock = await tabs.holdData().catch(() => undefined); // the next request reports a browser that refuses
      return {
        end() {
          releaseData();
          set({ training: null });
          lock.release();
          tabs.announce();
        },
        undo,
      };
    },
  };
}

/** @returns a function that adds the steps to a failure, if the same settings lost the GPU before */
function gpuLosses(
  set: SetState<SessionNeeds>,
  get: () => SessionNeeds,
): (failure: Failure, step: number, settings: string) => Failure {
  /** Settings that `lostAt` refers to. */
  let lostWith = '';
  return (failure, step, settings) => {
    if (failure.code !== 'device-lost') return failure;
    const lostAt = [...(lostWith === settings ? get().lostAt : []), step];
    lostWith = settings;
    set({ lostAt });
    return lostAt.length === 1 ? failure : { ...failure, ...lostAgain(lostAt, failure.message) };
  };
}

/** Appends training events to the run's log, and updates its phase and its newest checkpoint. */
function applyEvents(
  { now }: Pick<Services, 'now'>,
  get: () => SessionNeeds,
  runId: string,
  { events, of }: { events: readonly TrainEvent[]; of: number },
): void {
  const run = get().opened[runId];
  if (!run) return;
  for (const event of events) run.log.append(event);
  // The checkpoint of the resume was opened, or replaced by an older one.
  const firstStep = run.phase.kind === 'compiling' ? events.find((event) => event.kind === 'step') : undefined;
  if (firstStep) void get().lookAgain(runId, firstStep.step - 1);
  const save = events.findLast((event) => event.kind === 'saved');
  const saved = save ? { step: save.step, bytes: save.bytes, at: now() } : run.saved;
  get().changeRun(runId, ({ usable, ...before }) => ({
    ...before,
    phase: events.reduce((phase, event) => next(phase, event, of), before.phase),
    logVersion: before.logVersion + 1,
    saved,
    usable: saved ?? usable,
  }));
  if (save) void get().followTasks(runId, save.step);
  // A new run's record is stored before its first save, and a resumed run's new settings before its first step.
  const hasBegun = events.some((event) => event.kind === 'compiling' && !event.kernels);
  if (run.record ? hasBegun : save)
    void get()
      .adopt(runId)
      .catch(() => undefined); // retried at its end, and reported there
}
