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
import { LeftLists, renewed } from './runLists';
import { RunLog } from './runLog';
import type { RunsSlice, RunList } from './slices/runs';
import type { Slice, Studio } from './slices/studio';

export const createRunsSlice: Slice<
  RunsSlice,
  Pick<
    Studio,
    | 'change'
    | 'changeOf'
    | 'changeRun'
    | 'listSaved'
    | 'makeCurrent'
    | 'opened'
    | 'project'
    | 'show'
    | 'shown'
    | 'texts'
  >
> =
  ({ data, store, now, tabs, download, toasts }) =>
  (set, get) => {
    /** The last requested list is shown. */
    let last: RunList | undefined;
    const left = new LeftLists();
    /** Rows shown until the new list replaces them. */
    let asLeft: readonly RunRow[] | null = null;
    /** Number of pages that show runs. Not in the state, as nothing renders it. */
    let shown = 0;
    function show(list: RunList): void {
      const { projectId, rows } = list;
      const { project, runs } = get();
      if (list !== last || !rows || project.id !== projectId) return;
      const now = runs && runs === asLeft ? renewed(runs, rows) : rows;
      if (now !== runs) set({ runs: now });
    }
    const named = (runId: string): string =>
      get().runs?.find(({ record }) => record.id === runId)?.record.name ?? runId;

    /** Changes a stored run, its open copy, and other tabs; if that fails, a toast shows `otherwise`. */
    async function changed(runId: string, otherwise: string, change: () => Promise<unknown>): Promise<void> {
      try {
        await change();
        tabs.announce();
        const record = await readRun(store, runId);
        if (record) get().changeRun(runId, (run) => (run.record ? { ...run, record } : run));
      } catch (error) {
        toasts.show({ text: otherwise, detail: explain(toFailure(error)) });
      }
      await get().listRuns();
    }

    return {
      runs: null,
      showRuns() {
        shown++;
        return () => {
          shown--;
        };
      },
      turnRunsTo(projectId, ahead) {
        const { project, runs } = get();
        if (runs) left.keep(project.id, runs);
        return (asLeft = ahead ?? left.of(projectId));
      },
      runsOf(projectId) {
        let onShown!: () => void;
        const firstRows = new Promise<void>((resolve) => (onShown = resolve));
        const tell = (rows: readonly RunRow[]): void => {
          show(Object.assign(list, { rows }));
          onShown();
        };
        const whole = data.call('listRuns', { projectId, now: now() }, { onProgress: tell }).then(tell);
        const list: RunList = { projectId, rows: null, firstRows, whole };
        whole.catch(onShown); // reported below, if its project is shown
        return list;
      },
      runsBefore: (projectId) => (shown === 0 || left.of(projectId) ? undefined : get().runsOf(projectId)),
      async listRuns(ahead) {
        if (!ahead) asLeft = null;
        const list = ahead ?? get().runsOf(get().project.id);
        last = list;
        show(list);
        try {
          await list.whole;
          if (list === last) asLeft = null;
        } catch (error) {
          toasts.show({ text: "Couldn't list the runs", detail: toFailure(error).message });
        }
      },
      readRunLog: async (runId) => new RunLog(await readJournal(store, runId)),
      async bringBack(runId) {
        const outcome = await get().makeCurrent(runId);
        if (outcome === 'no model') toasts.show({ text: "Couldn't open this run", detail: 'it has no checkpoint' });
        return outcome === 'shown';
      },
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
      describeRun: (runId, words) =>
        changed(runId, `Couldn't change ${named(runId)}`, () => data.call('describeRun', { runId, ...words })),
      writeCard: (runId, card) =>
        changed(runId, `Couldn't change the model card of ${named(runId)}`, () =>
          data.call('writeCard', { runId, card }),
        ),
      pinStep: (runId, step, isPinned) =>
        changed(runId, `Couldn't ${isPinned ? 'pin' : 'unpin'} step ${formatCount(step)}`, async () => {
          await data.call('pinStep', { runId, step, isPinned });
          await get().listSaved(runId);
        }),
      setBudget: (runId, bytes) =>
        changed(runId, `Couldn't change the storage limit of ${named(runId)}`, async () => {
          await data.call('setBudget', { runId, bytes });
          await get().listSaved(runId);
        }),
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
      async deleteRun(runId) {
        const row = get().runs?.find(({ record }) => record.id === runId);
        if (!row) return;
        const { name } = row.record;
        const { id: projectId } = get().project;
        const isCurrent = get().project.runId === runId;
        const others = get().runs!.filter((other) => other !== row);
        let bytes = 0;
        try {
          ({ bytes } = await data.call('removeRun', { runId, at: now() }));
        } catch (error) {
          toasts.show({ text: `Couldn't delete ${name}`, detail: explain(toFailure(error)) });
          return;
        }
        const show = async (current: string | null): Promise<void> => {
          if (get().project.id === projectId && (await get().makeCurrent(current)) === 'no model')
            await get().makeCurrent(null);
          if (get().project.id !== projectId) await get().changeOf(projectId, { runId: current }); // another one opened
        };
        for (const page of PAGES) if (get().shown[page] === runId) await get().show(page, null);
        set(({ runs }) => ({ runs: runs && runs.filter(({ record }) => record.id !== runId) }));
        if (isCurrent) await show(others.find(isKept)?.record.id ?? null);
        tabs.announce();
        let isBack = false;
        const undo = async (): Promise<void> => {
          isBack = true;
          try {
            await data.call('restoreRun', { runId });
            if (isCurrent) await show(runId);
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
              isBack ||
              data.call('purgeRun', { runId }).then(
                () => tabs.announce(),
                () => undefined,
              )
            ),
        });
      },
    };
  };

/** Whether a run has a checkpoint. */
const isKept = ({ bytes }: RunRow): boolean => bytes !== null && bytes > 0;
