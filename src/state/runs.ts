/** The runs of the project: which there are, bringing one back, what they are called, deleting one, giving back what one takes. */
import { toFailure } from '../core/base/errors';
import { type Cell, csvOf } from '../core/base/csv';
import { fileName } from '../core/base/fileName';
import { formatBytes, formatCount } from '../core/base/units';
import type { CardWords } from '../core/runs/card';
import { draftOf } from '../core/runs/draft';
import { readJournal } from '../core/runs/journal';
import { readRun } from '../core/runs/record';
import type { RunRow, RunWords, SavedStep } from '../protocol/data';
import { explain } from './failures';
import { PAGES } from './openRun';
import { hasOtherTexts } from './preparation';
import { LeftLists, renewed } from './runLists';
import { RunLog } from './runLog';
import type { Slice } from './studio';

export interface RunsSlice {
  /** Newest first, the current one among them; null until they have been listed. */
  runs: readonly RunRow[] | null;
  /** Says that a page shows them all, until what it returns is called: those of a project that is opened are read before it is. */
  showRuns(): () => void;
  /**
   * Keeps the list of the open project, which is left for another; of which it gives the one that was kept, until it is read
   * anew.
   * @param ahead one that was read before it is opened, which stands for that
   */
  turnRunsTo(projectId: string, ahead: readonly RunRow[] | null | undefined): readonly RunRow[] | null;
  /** The runs of a project, also of one that is not shown yet. */
  runsOf(projectId: string): RunList;
  /** The same of one that is opened next. Undefined where no page shows them, or they are kept already: then they are read after all else. */
  runsBefore(projectId: string): RunList | undefined;
  /** @param list where it was asked for ahead */
  listRuns(list?: RunList): Promise<void>;
  /** The steps of a run that can be opened, oldest first. */
  keptSteps(runId: string): Promise<readonly SavedStep[]>;
  /** All events of a run that are stored. */
  readRunLog(runId: string): Promise<RunLog>;
  /** Makes a run the project's, which Train, Evaluate, Playground and Export show. False where it has no step, and that is said. */
  bringBack(runId: string): Promise<boolean>;
  /** Gives back what the saved steps of a run take; its record and its curve stay. Not of one that a page shows. */
  freeRun(runId: string): Promise<void>;
  describeRun(runId: string, words: Partial<RunWords>): Promise<void>;
  /** What a person says in a run's card. */
  writeCard(runId: string, card: CardWords): Promise<void>;
  /** Keeps a step until it is let go by hand, or lets it go. */
  pinStep(runId: string, step: number, isPinned: boolean): Promise<void>;
  /** Bytes that a run's kept steps may take; light steps beyond it go. */
  setBudget(runId: string, bytes: number): Promise<void>;
  /** Makes the settings of a run those of the project's next one, or of one that tunes those of its next tuning. */
  draftFrom(runId: string): void;
  /** Hands a table to the person, in a file named after the project and `what` it holds. */
  saveTable(what: string, rows: readonly (readonly Cell[])[]): void;
  /** Takes a run from the list; all of it goes when that can no longer be undone. */
  deleteRun(runId: string): Promise<void>;
}

/** A list that is being read: what of it is told, and its end. */
export interface RunList {
  projectId: string;
  /** Without the curves that have yet to be made; null until any are told. */
  rows: readonly RunRow[] | null;
  /** When any are told, or none can be. */
  told: Promise<void>;
  whole: Promise<void>;
}

export const createRunsSlice: Slice<RunsSlice> =
  ({ data, store, now, tabs, download }) =>
  (set, get) => {
    /** What was asked for last is what is shown. */
    let last: RunList | undefined;
    const left = new LeftLists();
    /** What is shown until it is read: afterwards all that is read is new, as more than it tells may have changed. */
    let asLeft: readonly RunRow[] | null = null;
    /** Pages that show runs. Not of the state, as nothing is drawn by it. */
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

    /** What is stored of a run is changed, where it is open and for other tabs too; where that fails, `otherwise` says so. */
    async function changed(runId: string, otherwise: string, change: () => Promise<unknown>): Promise<void> {
      try {
        await change();
        tabs.announce();
        const record = await readRun(store, runId);
        if (record) get().changeRun(runId, (run) => (run.record ? { ...run, record } : run));
      } catch (error) {
        get().toast({ text: otherwise, detail: explain(toFailure(error)) });
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
        let onTold!: () => void;
        const told = new Promise<void>((resolve) => (onTold = resolve));
        const tell = (rows: readonly RunRow[]): void => {
          show(Object.assign(list, { rows }));
          onTold();
        };
        const whole = data.call('listRuns', { projectId, now: now() }, { onProgress: tell }).then(tell);
        const list: RunList = { projectId, rows: null, told, whole };
        whole.catch(onTold); // said below, if its project is shown
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
          get().toast({ text: "Couldn't list the runs", detail: toFailure(error).message });
        }
      },
      async keptSteps(runId) {
        return (await data.call('savedSteps', { runId })).steps;
      },
      readRunLog: async (runId) => new RunLog(await readJournal(store, runId)),
      async bringBack(runId) {
        const outcome = await get().makeCurrent(runId);
        if (outcome === 'no model') get().toast({ text: "Couldn't open this run", detail: 'it has no checkpoint' });
        return outcome === 'shown';
      },
      async freeRun(runId) {
        const { opened, runs, toast, listRuns } = get();
        const row = runs?.find(({ record }) => record.id === runId);
        if (!row || opened[runId]) return;
        const { name } = row.record;
        try {
          const { bytes } = await data.call('freeRun', { runId });
          tabs.announce();
          toast({ text: `${formatBytes(bytes)} freed`, detail: `curve of ${name} stays` });
        } catch (error) {
          toast({ text: `Couldn't delete the checkpoints of ${name}`, detail: explain(toFailure(error)) });
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
        const { runs, project, change, toast } = get();
        const row = runs?.find(({ record }) => record.id === runId);
        if (!row) return;
        const { model, recipe, rateByHand, tokenizerChoice, split, tuning } = project;
        change(draftOf({ ...row.record, step: row.step }, project));
        toast({
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
          get().toast({ text: `Couldn't delete ${name}`, detail: explain(toFailure(error)) });
          return;
        }
        const show = async (current: string | null): Promise<void> => {
          if (get().project.id === projectId && (await get().makeCurrent(current)) === 'no model')
            await get().makeCurrent(null);
          if (get().project.id !== projectId) await get().changeOf(projectId, { runId: current }); // another was opened
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
            get().toast({ text: `Couldn't restore ${name}`, detail: explain(toFailure(error)) });
          }
          await get().listRuns();
        };
        get().toast({
          text: `${name} deleted`,
          ...(bytes > 0 && { detail: `frees ${formatBytes(bytes)}` }),
          undo: () => void undo(),
          // What fails, or a page that closes before, leaves it to a later start.
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

/** Whether something of a run can be talked to. */
const isKept = ({ bytes }: RunRow): boolean => bytes !== null && bytes > 0;
