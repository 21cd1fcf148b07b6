/** Runs of the project: list, restore, describe and delete them, and free their checkpoints. */
import { toFailure } from '../core/base/errors';
import { csvOf } from '../core/base/csv';
import { fileName } from '../core/base/fileName';
import { formatBytes, formatCount } from '../core/base/units';
import { draftOf } from '../core/runs/draft';
import { readJournal } from '../core/runs/journal';
import { readRun } from '../core/runs/record';
import type { RunRow } from '../protocol/data';
import { explain } from './failures';
import { PAGES } from './openRun';
import { hasOtherTexts } from './preparation';
import { EarlierLists, mergeRows } from './runLists';
import { RunLog } from './runLog';
import type { RunsSlice, RunList } from './slices/runs';
import type { SetState, Slice, SliceServices, Studio } from './slices/studio';

type RunsNeeds = Pick<
  Studio,
  'change' | 'changeOf' | 'changeRun' | 'listSaved' | 'makeCurrent' | 'opened' | 'project' | 'show' | 'shown' | 'texts'
>;
type RunsState = RunsSlice & RunsNeeds;

export const createRunsSlice: Slice<RunsSlice, RunsNeeds> = (services) => (set, get) => {
  const { store, download, toasts } = services;
  return {
    runs: null,
    ...runLists(services, set, get),
    ...recordChanges(services, get),
    ...runDeletion(services, set, get),
    readRunLog: async (runId) => new RunLog(await readJournal(store, runId)),
    async bringBack(runId) {
      const outcome = await get().makeCurrent(runId);
      if (outcome === 'no model') toasts.show({ text: "Couldn't open this run", detail: 'it has no checkpoint' });
      return outcome === 'shown';
    },
    draftFrom(runId) {
      const { runs, project, change } = get();
      const row = runs?.find(({ record }) => record.id === runId);
      if (!row) return;
      const { model, recipe, rateByHand, tokenizerChoice, split, tuning } = project;
      change(draftOf({ ...row.record, step: row.step }, project));
      toasts.show({
        text: `Copied the settings of ${row.record.name}`,
        ...(hasOtherTexts(row.record, get()) && { detail: 'the next run uses the current text' }),
        undo: () => void get().changeOf(project.id, { model, recipe, rateByHand, tokenizerChoice, split, tuning }),
      });
    },
    saveTable(what, rows) {
      const file = new Blob([csvOf(rows)], { type: 'text/csv;charset=utf-8' });
      download(file, `${fileName(get().project.name, 'project')}-${what}.csv`);
    },
  };
};

/** Lists the project's runs. Until a list is read, the last one of the project is shown. */
function runLists(
  { data, now, toasts }: Pick<SliceServices, 'data' | 'now' | 'toasts'>,
  set: SetState<RunsState>,
  get: () => RunsState,
): Pick<RunsSlice, 'showRuns' | 'turnRunsTo' | 'runsOf' | 'runsBefore' | 'listRuns'> {
  /** The last requested list is shown. */
  let lastList: RunList | undefined;
  const earlierLists = new EarlierLists();
  /** Rows shown until the new list replaces them. */
  let placeholder: readonly RunRow[] | null = null;
  /** Number of pages that show runs. Not in the state, as nothing renders it. */
  let pagesWithRuns = 0;
  function show(list: RunList): void {
    const { projectId, rows } = list;
    const { project, runs } = get();
    if (list !== lastList || !rows || project.id !== projectId) return;
    const newRuns = runs && runs === placeholder ? mergeRows(runs, rows) : rows;
    if (newRuns !== runs) set({ runs: newRuns });
  }
  return {
    showRuns() {
      pagesWithRuns++;
      return () => {
        pagesWithRuns--;
      };
    },
    turnRunsTo(projectId, prefetchedRows) {
      const { project, runs } = get();
      if (runs) earlierLists.save(project.id, runs);
      return (placeholder = prefetchedRows ?? earlierLists.get(projectId));
    },
    runsOf(projectId) {
      let resolveFirstRows!: () => void;
      const firstRows = new Promise<void>((resolve) => (resolveFirstRows = resolve));
      const update = (rows: readonly RunRow[]): void => {
        show(Object.assign(list, { rows }));
        resolveFirstRows();
      };
      const whole = data.call('listRuns', { projectId, now: now() }, { onProgress: update }).then(update);
      const list: RunList = { projectId, rows: null, firstRows, whole };
      whole.catch(resolveFirstRows); // reported below, if its project is shown
      return list;
    },
    runsBefore: (projectId) =>
      pagesWithRuns === 0 || earlierLists.get(projectId) ? undefined : get().runsOf(projectId),
    async listRuns(prefetched) {
      if (!prefetched) placeholder = null;
      const list = prefetched ?? get().runsOf(get().project.id);
      lastList = list;
      show(list);
      try {
        await list.whole;
        if (list === lastList) placeholder = null;
      } catch (error) {
        toasts.show({ text: "Couldn't list the runs", detail: toFailure(error).message });
      }
    },
  };
}

/** Changes of a run's record: name, model card, pins and storage limit. */
function recordChanges(
  { data, store, tabs, toasts }: Pick<SliceServices, 'data' | 'store' | 'tabs' | 'toasts'>,
  get: () => RunsState,
): Pick<RunsSlice, 'describeRun' | 'writeCard' | 'pinStep' | 'setBudget'> {
  const nameOf = (runId: string): string => get().runs?.find(({ record }) => record.id === runId)?.record.name ?? runId;

  /** Changes a stored run, its open copy, and other tabs. On failure, a toast shows `errorText`. */
  async function changeRecord(runId: string, errorText: string, change: () => Promise<unknown>): Promise<void> {
    try {
      await change();
      tabs.announce();
      const record = await readRun(store, runId);
      if (record) get().changeRun(runId, (run) => (run.record ? { ...run, record } : run));
    } catch (error) {
      toasts.show({ text: errorText, detail: explain(toFailure(error)) });
    }
    await get().listRuns();
  }

  return {
    describeRun: (runId, words) =>
      changeRecord(runId, `Couldn't change ${nameOf(runId)}`, () => data.call('describeRun', { runId, ...words })),
    writeCard: (runId, card) =>
      changeRecord(runId, `Couldn't change the model card of ${nameOf(runId)}`, () =>
        data.call('writeCard', { runId, card }),
      ),
    pinStep: (runId, step, isPinned) =>
      changeRecord(runId, `Couldn't ${isPinned ? 'pin' : 'unpin'} step ${formatCount(step)}`, async () => {
        await data.call('pinStep', { runId, step, isPinned });
        await get().listSaved(runId);
      }),
    setBudget: (runId, bytes) =>
      changeRecord(runId, `Couldn't change the storage limit of ${nameOf(runId)}`, async () => {
        await data.call('setBudget', { runId, bytes });
        await get().listSaved(runId);
      }),
  };
}

/** Deletes runs with undo, and the checkpoints of runs. */
function runDeletion(
  { data, now, tabs, toasts }: Pick<SliceServices, 'data' | 'now' | 'tabs' | 'toasts'>,
  set: SetState<RunsState>,
  get: () => RunsState,
): Pick<RunsSlice, 'deleteRun' | 'freeRun'> {
  /** Makes a run the current one of its project, also if another project is open. */
  async function makeCurrent(runId: string | null, projectId: string): Promise<void> {
    if (get().project.id === projectId && (await get().makeCurrent(runId)) === 'no model')
      await get().makeCurrent(null);
    if (get().project.id !== projectId) await get().changeOf(projectId, { runId }); // another one opened
  }

  /** Offers to undo a deletion. The run is purged once that expires. */
  function offerUndo(name: string, bytes: number, runId: string, restore: () => Promise<void>): void {
    let isUndone = false;
    const undo = async (): Promise<void> => {
      isUndone = true;
      try {
        await restore();
        tabs.announce();
      } catch (error) {
        toasts.show({ text: `Couldn't restore ${name}`, detail: explain(toFailure(error)) });
      }
      await get().listRuns();
    };
    toasts.show({
      text: `${name} deleted`,
      ...(bytes > 0 && { detail: `frees ${formatBytes(bytes)}` }),
      undo: () => void undo(),
      // After a failure or a closed page, a later start does it.
      onGone: () =>
        void (
          isUndone ||
          data.call('purgeRun', { runId }).then(
            () => tabs.announce(),
            () => undefined,
          )
        ),
    });
  }

  return {
    async freeRun(runId) {
      const { opened, runs, listRuns } = get();
      const row = runs?.find(({ record }) => record.id === runId);
      if (!row || opened[runId]) return;
      const { name } = row.record;
      try {
        const { bytes } = await data.call('freeRun', { runId });
        tabs.announce();
        toasts.show({ text: `${formatBytes(bytes)} freed`, detail: `curve of ${name} stays` });
      } catch (error) {
        toasts.show({ text: `Couldn't delete the checkpoints of ${name}`, detail: explain(toFailure(error)) });
      }
      await listRuns();
    },
    async deleteRun(runId) {
      const row = get().runs?.find(({ record }) => record.id === runId);
      if (!row) return;
      const { name } = row.record;
      const { id: projectId } = get().project;
      const isCurrent = get().project.runId === runId;
      const otherRows = get().runs!.filter((other) => other !== row);
      let bytes = 0;
      try {
        ({ bytes } = await data.call('removeRun', { runId, at: now() }));
      } catch (error) {
        toasts.show({ text: `Couldn't delete ${name}`, detail: explain(toFailure(error)) });
        return;
      }
      for (const page of PAGES) if (get().shown[page] === runId) await get().show(page, null);
      set(({ runs }) => ({ runs: runs && runs.filter(({ record }) => record.id !== runId) }));
      if (isCurrent) await makeCurrent(otherRows.find(hasCheckpoint)?.record.id ?? null, projectId);
      tabs.announce();
      offerUndo(name, bytes, runId, async () => {
        await data.call('restoreRun', { runId });
        if (isCurrent) await makeCurrent(runId, projectId);
      });
    },
  };
}

const hasCheckpoint = ({ bytes }: RunRow): boolean => bytes !== null && bytes > 0;
