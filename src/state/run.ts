/** Open runs: which one each page shows, and loading them from the store. */
import { readTail } from '../core/runs/journal';
import { readRun } from '../core/runs/record';
import { recipeOf } from '../core/runs/segments';
import { createJobQueue } from './jobQueue';
import { isModel, PAGES, shownId, shownRun } from './openRun';
import { readOpenRun } from './readOpenRun';
import { asPicked, whichNow } from './trained';
import type { RunSlice, ReadAhead } from './slices/run';
import type { SetState, Slice, SliceServices, Studio } from './slices/studio';
import type { OpenRun, Page } from './slices/run';
import type { Training } from './slices/training';

type RunNeeds = Pick<
  Studio,
  'change' | 'endExports' | 'leaveModel' | 'loadPlayground' | 'project' | 'restoreExports' | 'tellDamaged'
>;
type RunState = RunSlice & RunNeeds;

export const createRunSlice: Slice<RunSlice, RunNeeds> = (services) => (set, get) => {
  const { data, session } = services;
  const openRuns = createOpenRuns(services, set, get);
  return {
    opened: {},
    shown: FOLLOWING,
    openingRuns: false,
    readAhead: (id) =>
      id === null || session.current()?.runId === id ? undefined : { id, read: readOpenRun(services, id) },
    shownOf(project, read) {
      const training = session.current();
      const shown = shownFor(project, get(), training);
      // An open run stays until it is opened again, except one of another project.
      const remaining = Object.entries(get().opened).filter(
        ([id]) => isOfProject(id, project.id, get(), training) || training?.runId === id,
      );
      return {
        shown,
        opened: {
          ...Object.fromEntries(remaining),
          ...(read?.run && read.id !== training?.runId && { [read.id]: read.run }),
        },
        openingRuns: shownIds({ shown, project }).some((id) => id !== read?.id && id !== training?.runId),
      };
    },
    ...pageRuns(openRuns, set, get),
    setWhich(page, which) {
      const { id } = shownRun(get(), page);
      get().changeRun(id, (run) => ({ ...run, which, isPicked: true }));
      get().change({ picked: { runId: id, which } });
    },
    async listSaved(runId, resumedFrom) {
      if (!get().opened[runId]) return;
      const { steps, damaged } = await data.call('savedSteps', { runId });
      get().changeRun(runId, (run) => {
        const which = whichNow(run, steps);
        const isSame = JSON.stringify(steps) === JSON.stringify(run.steps) && which === run.which;
        return isSame ? run : { ...run, steps, which };
      });
      get().tellDamaged(runId, damaged, resumedFrom);
    },
    changeRun(runId, change) {
      const run = get().opened[runId];
      const changed = run && change(run);
      if (changed && changed !== run) openRuns.put(changed);
    },
  };
};

/** All pages follow the project's run. */
const FOLLOWING: Studio['shown'] = { train: null, evaluate: null, playground: null, export: null };

/** Ids of the shown runs. */
const shownIds = (s: Pick<Studio, 'shown' | 'project'>): string[] => [
  ...new Set(PAGES.flatMap((page) => shownId(s, page) ?? [])),
];

/** Whether an open run belongs to a project. */
const isOfProject = (
  runId: string,
  projectId: string,
  { opened }: Pick<Studio, 'opened'>,
  training: Training | null,
): boolean =>
  training?.runId === runId ? training.projectId === projectId : opened[runId]?.record?.projectId === projectId;

/** Runs that pages show once the project opens: chosen ones only if they are the project's. */
function shownFor(
  project: Studio['project'],
  s: Pick<Studio, 'opened' | 'shown'>,
  training: Training | null,
): Studio['shown'] {
  const chosen = Object.fromEntries(
    Object.entries(s.shown).map(([page, id]) => [
      page,
      id !== null && isOfProject(id, project.id, s, training) ? id : null,
    ]),
  ) as Studio['shown'];
  // A run without a checkpoint isn't the project's yet, but Train shows it.
  const newRun = training?.projectId === project.id && training.runId !== project.runId ? training.runId : null;
  return { ...chosen, train: chosen.train ?? newRun };
}

interface OpenRuns {
  put(run: OpenRun): void;
  /** Opens a run if it is a model, unless it trains here, as its state is newer than the store. */
  open(runId: string, ahead?: ReadAhead): Promise<void>;
  /** Reads what another tab wrote about a run, which may train there. */
  catchUp(runId: string): Promise<void>;
  /** Closes runs that no page shows and that don't train. */
  closeUnused(): void;
}

function createOpenRuns(
  services: Pick<SliceServices, 'store' | 'data' | 'session'>,
  set: SetState<RunState>,
  get: () => RunState,
): OpenRuns {
  const { store, data, session } = services;
  const isTrainingHere = (runId: string): boolean => session.current()?.runId === runId;
  const put = (run: OpenRun): void => set(({ opened }) => ({ opened: { ...opened, [run.id]: run } }));
  const close = (runId: string): void => set(({ opened: { [runId]: _, ...otherRuns } }) => ({ opened: otherRuns }));

  /** Reads new events of a run that another tab may train. */
  async function follow(runId: string): Promise<void> {
    const before = get().opened[runId];
    const record = await readRun(store, runId);
    if (!before?.record || !record || isTrainingHere(runId)) return;
    const hasNewEvents = record.step !== before.record.step || record.status === 'running';
    if (!hasNewEvents) {
      if (JSON.stringify(record) !== JSON.stringify(before.record)) put({ ...before, record });
      return;
    }
    for (const event of await readTail(store, runId, before.log.step.at(-1) ?? 0)) before.log.append(event);
    const of = recipeOf(record).steps;
    const logVersion = before.logVersion + 1;
    put({ ...before, record, logVersion, phase: { kind: 'stopped', step: record.step, of } });
    if (record.step === before.record.step) return;
    const { steps } = await data.call('savedSteps', { runId });
    get().changeRun(runId, (run) => {
      const newest = steps.find(({ latest }) => latest);
      const saved = newest ? { step: newest.step, bytes: newest.bytes, at: null } : run.saved;
      return { ...run, steps, saved, usable: saved ?? run.usable, which: whichNow(run, steps) };
    });
  }
  async function open(runId: string, ahead?: ReadAhead): Promise<void> {
    if (isTrainingHere(runId)) return;
    const { run, damaged } = await (ahead?.id === runId ? ahead.read : readOpenRun(services, runId));
    if (run) put(asPicked(run, get().project.picked));
    else close(runId);
    get().tellDamaged(runId, damaged);
  }
  return {
    put,
    open,
    async catchUp(runId) {
      if (isTrainingHere(runId)) return;
      if (get().opened[runId]?.record) await follow(runId).catch(() => undefined); // reported when it is reopened
      else await open(runId);
    },
    closeUnused() {
      const { opened } = get();
      const used = new Set([...shownIds(get()), session.current()?.runId]);
      const remaining = Object.entries(opened).filter(([id]) => used.has(id));
      if (remaining.length < Object.keys(opened).length) set({ opened: Object.fromEntries(remaining) });
    },
  };
}

/** @returns a function that counts a request for a page, and returns whether it is still the newest there */
function latestRequests(get: () => RunState): (page: Page | 'all') => () => boolean {
  const requests: Record<Page | 'all', number> = { train: 0, evaluate: 0, playground: 0, export: 0, all: 0 };
  return (page) => {
    const number = ++requests[page];
    const { id: projectId } = get().project;
    return () => number === requests[page] && get().project.id === projectId;
  };
}

/** Shows runs on pages. Opens them one after another, and starts none meanwhile: the last request is shown. */
function pageRuns(
  { open, catchUp, closeUnused }: OpenRuns,
  set: SetState<RunState>,
  get: () => RunState,
): Pick<RunSlice, 'loadRun' | 'catchUpRuns' | 'settled' | 'show' | 'makeCurrent'> {
  const { inTurn, settled } = createJobQueue();
  const request = latestRequests(get);
  let loads = 0;

  async function loadShownRuns(ahead: ReadAhead | undefined): Promise<void> {
    const { shown, opened } = get().shownOf(get().project, undefined);
    set({ shown, opened });
    for (const id of shownIds(get())) await open(id, ahead);
  }

  return {
    loadRun(ahead, isShown = false) {
      const load = ++loads;
      if (!isShown) set({ openingRuns: true });
      return inTurn(async () => {
        const { endExports, tellDamaged, loadPlayground } = get();
        endExports();
        if (isShown) {
          get().restoreExports();
          await loadPlayground();
          if (ahead) tellDamaged(ahead.id, (await ahead.read).damaged);
          closeUnused();
          return;
        }
        await loadShownRuns(ahead);
        closeUnused();
        get().restoreExports();
        await loadPlayground();
        if (load === loads) set({ openingRuns: false });
      });
    },
    catchUpRuns: () =>
      inTurn(async () => {
        for (const id of shownIds(get())) await catchUp(id);
      }),
    settled,
    show(page, runId) {
      const isWanted = request(page);
      return inTurn(async () => {
        if (!isWanted()) return;
        const before = shownId(get(), page);
        const after = runId ?? get().project.runId;
        if (after !== null && after !== before && !get().opened[after]) await open(after);
        if (isWanted()) {
          set(({ shown, project }) => ({ shown: { ...shown, [page]: runId === project.runId ? null : runId } }));
          if (after !== before && page === 'playground') get().leaveModel();
          if (after !== before && page === 'export') {
            get().endExports();
            get().restoreExports();
          }
        }
        closeUnused();
      });
    },
    makeCurrent(runId) {
      const isWanted = request('all');
      return inTurn(async () => {
        if (isWanted() && runId !== null) await open(runId);
        const run = runId === null ? undefined : get().opened[runId];
        const canShow = runId === null || (run !== undefined && isModel(run));
        const outcome = !isWanted() ? 'overtaken' : canShow ? 'shown' : 'no model';
        if (outcome === 'shown') {
          get().endExports();
          get().change({ runId });
          set({ shown: FOLLOWING });
          get().restoreExports();
          get().leaveModel();
        }
        closeUnused();
        return outcome;
      });
    },
  };
}
