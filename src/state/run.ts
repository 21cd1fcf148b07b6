/** Open runs: which one each page shows, and loading them from the store. */
import { toFailure } from '../core/base/errors';
import { readAncestors } from '../core/runs/ancestors';
import { readJournal, readTail } from '../core/runs/journal';
import { readRun } from '../core/runs/record';
import { recipeOf } from '../core/runs/segments';
import { asSaved, isModel, newOpenRun, PAGES, shownId, shownRun } from './openRun';
import { RunLog } from './runLog';
import { asPicked, whichNow } from './trained';
import type { RunSlice, ReadAhead, ReadRun } from './slices/run';
import type { Slice, Studio } from './slices/studio';
import type { OpenRun, Page } from './slices/run';

export const createRunSlice: Slice<
  RunSlice,
  Pick<Studio, 'change' | 'endExports' | 'leaveModel' | 'loadPlayground' | 'project' | 'restoreExports' | 'tellDamaged'>
> =
  ({ store, data, session }) =>
  (set, get) => {
    /** Opens runs one after another, and starts none meanwhile: the last request is shown. */
    let last: Promise<unknown> = Promise.resolve();
    const inTurn = <T>(open: () => Promise<T>): Promise<T> => {
      const mine = last.then(open);
      last = mine.catch(() => undefined);
      return mine;
    };
    /** Latest request of each page, and of all pages: a newer request wins. */
    const asked: Record<Page | 'all', number> = { train: 0, evaluate: 0, playground: 0, export: 0, all: 0 };
    let loads = 0;

    /** Reads all stored parts of a run at once; only a fork's ancestors depend on its record. */
    async function read(runId: string): Promise<ReadRun> {
      let of = 0;
      try {
        const journal = readJournal(store, runId);
        const survey = data.call('savedSteps', { runId });
        for (const asked of [journal, survey]) asked.catch(() => undefined); // reported below, if there is a run
        const record = await readRun(store, runId);
        if (!record) return { id: runId, run: null, damaged: [] };
        of = recipeOf(record).steps;
        const [events, earlierEvents, { steps, damaged }] = await Promise.all([
          journal,
          readAncestors(store, record),
          survey,
        ]);
        // The run is no model; in another tab it may become one.
        if (record.step === 0 && !steps.some(({ latest }) => latest)) return { id: runId, run: null, damaged: [] };
        const log = new RunLog(events);
        const run = asSaved({
          ...newOpenRun(runId),
          record,
          log,
          before: new RunLog(earlierEvents),
          steps,
          which: whichNow({ record, which: 'latest', log }, steps),
          phase: { kind: 'stopped', step: record.step, of },
        });
        return { id: runId, run, damaged };
      } catch (error) {
        const phase = { kind: 'failed', failure: toFailure(error), step: 0, of } as const;
        return { id: runId, run: { ...newOpenRun(runId), phase }, damaged: [] };
      }
    }
    /** Opens a run if it is a model, unless it trains here, as its state is newer than the store. */
    async function open(runId: string, ahead?: ReadAhead): Promise<void> {
      if (session.current()?.runId === runId) return;
      const { run, damaged } = await (ahead?.id === runId ? ahead.read : read(runId));
      if (run) put(asPicked(run, get().project.picked));
      else leave(runId);
      get().tellDamaged(runId, damaged);
    }
    /** Reads new events of a run that another tab may train. */
    async function follow(runId: string): Promise<void> {
      const before = get().opened[runId];
      const record = await readRun(store, runId);
      if (!before?.record || !record || session.current()?.runId === runId) return;
      const isMoved = record.step !== before.record.step || record.status === 'running';
      if (!isMoved) {
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
    const put = (run: OpenRun): void => set(({ opened }) => ({ opened: { ...opened, [run.id]: run } }));
    const leave = (runId: string): void => set(({ opened: { [runId]: _, ...others } }) => ({ opened: others }));

    /** Ids of the shown runs. */
    const ids = (s: Pick<Studio, 'shown' | 'project'>): string[] => [
      ...new Set(PAGES.flatMap((page) => shownId(s, page) ?? [])),
    ];

    /** Closes runs that no page shows and that don't train. */
    function close(): void {
      const { opened } = get();
      const kept = new Set([...ids(get()), session.current()?.runId]);
      const stays = Object.entries(opened).filter(([id]) => kept.has(id));
      if (stays.length < Object.keys(opened).length) set({ opened: Object.fromEntries(stays) });
    }

    return {
      opened: {},
      shown: { train: null, evaluate: null, playground: null, export: null },
      openingRuns: false,
      readAhead: (id) => (id === null || session.current()?.runId === id ? undefined : { id, read: read(id) }),
      shownOf(project, read) {
        const { opened, shown: before } = get();
        const training = session.current();
        const isHere = (id: string): boolean =>
          training?.runId === id ? training.projectId === project.id : opened[id]?.record?.projectId === project.id;
        const pinned = Object.entries(before).map(([page, id]) => [page, id !== null && isHere(id) ? id : null]);
        const kept = Object.fromEntries(pinned) as Studio['shown'];
        // A run without a checkpoint isn't the project's yet, but Train shows it.
        const begun = training?.projectId === project.id && training.runId !== project.runId ? training.runId : null;
        const shown = { ...kept, train: kept.train ?? begun };
        // An open run stays until it is opened again, except one of another project.
        const stays = Object.entries(opened).filter(([id]) => isHere(id) || training?.runId === id);
        return {
          shown,
          opened: {
            ...Object.fromEntries(stays),
            ...(read?.run && read.id !== training?.runId && { [read.id]: read.run }),
          },
          openingRuns: ids({ shown, project }).some((id) => id !== read?.id && id !== training?.runId),
        };
      },
      loadRun(ahead, isShown = false) {
        const mine = ++loads;
        if (!isShown) set({ openingRuns: true });
        return inTurn(async () => {
          const { project, endExports, shownOf, tellDamaged, loadPlayground } = get();
          endExports();
          if (isShown) {
            get().restoreExports();
            await loadPlayground();
            if (ahead) tellDamaged(ahead.id, (await ahead.read).damaged);
            close();
            return;
          }
          const { shown, opened } = shownOf(project, undefined);
          set({ shown, opened });
          for (const id of ids(get())) await open(id, ahead);
          close();
          get().restoreExports();
          await loadPlayground();
          if (mine === loads) set({ openingRuns: false });
        });
      },
      catchUpRuns: () =>
        inTurn(async () => {
          for (const id of ids(get())) {
            if (session.current()?.runId === id) continue;
            if (get().opened[id]?.record) await follow(id).catch(() => undefined); // reported when it is reopened
            else await open(id);
          }
        }),
      settled: async () => {
        await last;
      },
      show(page, runId) {
        const mine = ++asked[page];
        const { id: projectId } = get().project;
        return inTurn(async () => {
          const isWanted = (): boolean => mine === asked[page] && get().project.id === projectId;
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
          close();
        });
      },
      makeCurrent(runId) {
        const mine = ++asked.all;
        const { id: projectId } = get().project;
        return inTurn(async () => {
          const isWanted = (): boolean => mine === asked.all && get().project.id === projectId;
          if (isWanted() && runId !== null) await open(runId);
          const run = runId === null ? undefined : get().opened[runId];
          const isThere = runId === null || (run !== undefined && isModel(run));
          const outcome = !isWanted() ? 'overtaken' : isThere ? 'shown' : 'no model';
          if (outcome === 'shown') {
            get().endExports();
            get().change({ runId });
            set({ shown: { train: null, evaluate: null, playground: null, export: null } });
            get().restoreExports();
            get().leaveModel();
          }
          close();
          return outcome;
        });
      },
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
          return JSON.stringify(steps) === JSON.stringify(run.steps) && which === run.which
            ? run
            : { ...run, steps, which };
        });
        get().tellDamaged(runId, damaged, resumedFrom);
      },
      changeRun(runId, change) {
        const run = get().opened[runId];
        const changed = run && change(run);
        if (changed && changed !== run) put(changed);
      },
    };
  };
