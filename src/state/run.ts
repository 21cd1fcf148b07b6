/** The runs that are open here: which each page shows, and opening them as they were saved. */
import { toFailure } from '../core/base/errors';
import { readJournal, readTail } from '../core/runs/journal';
import { readRun } from '../core/runs/record';
import { recipeOf } from '../core/runs/segments';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import { asSaved, newOpenRun, type OpenRun, PAGES, type Page, shownId, shownRun } from './openRun';
import type { Slice, Studio } from './studio';
import { stillThere } from './trained';

export interface RunSlice {
  /** By id: those that pages show, and the one that trains. */
  opened: Readonly<Record<string, OpenRun>>;
  /** Null where a page follows the project's run. */
  shown: Readonly<Record<Page, string | null>>;
  /** Opens anew what the pages show, as it was saved; what another project's run was shown for is forgotten. */
  loadRun(): Promise<void>;
  /** Takes over what other tabs have written of the runs that are open here: how one goes on, what one is called. */
  catchUpRuns(): Promise<void>;
  /** Resolves when no run is being opened any more. */
  settled(): Promise<void>;
  /** Has a page show a run, or with null follow the project's. */
  show(page: Page, runId: string | null): Promise<void>;
  /** The step of a page's run that Playground and Export work with. */
  setWhich(page: Page, which: WhichSnapshot): void;
  /** Reads which steps of a run can be opened. */
  listSaved(runId: string): Promise<void>;
  /** Changes what is known of an open run; nothing where it is not open. */
  changeRun(runId: string, change: (run: OpenRun) => OpenRun): void;
}

export const createRunSlice: Slice<RunSlice> =
  ({ store, data }) =>
  (set, get) => {
    /** Runs are opened in turn, and none is begun meanwhile: what was asked for last is what is shown. */
    let opening: Promise<void> = Promise.resolve();
    const inTurn = (open: () => Promise<void>): Promise<void> => {
      opening = opening.then(open);
      return opening;
    };

    /** As it is stored. Not the run that trains here, which is more than that. */
    async function open(runId: string): Promise<void> {
      if (get().training?.runId === runId) return;
      let of = 0;
      try {
        const record = await readRun(store, runId);
        if (!record) return;
        of = recipeOf(record).steps;
        const run = newOpenRun(runId);
        for (const event of await readJournal(store, runId)) run.log.append(event);
        const { steps, damaged } = await data.call('savedSteps', { runId });
        if (record.step === 0 && !steps.some(({ latest }) => latest)) return; // it is no model; in another tab it may become one
        put(
          asSaved({
            ...run,
            record,
            steps,
            which: stillThere(steps, 'latest'),
            phase: { kind: 'stopped', step: record.step, of },
          }),
        );
        get().tellDamaged(runId, damaged);
      } catch (error) {
        put({ ...newOpenRun(runId), phase: { kind: 'failed', failure: toFailure(error), step: 0, of } });
      }
    }
    /** A run that another tab may train: its curve is read on, as that tab writes it. */
    async function follow(runId: string): Promise<void> {
      const before = get().opened[runId];
      const record = await readRun(store, runId);
      if (!before?.record || !record || get().training?.runId === runId) return;
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
        return { ...run, steps, saved, usable: saved ?? run.usable, which: stillThere(steps, run.which) };
      });
    }
    const put = (run: OpenRun): void => set(({ opened }) => ({ opened: { ...opened, [run.id]: run } }));

    /** The ids of what pages show. */
    const ids = (s: Studio): string[] => [...new Set(PAGES.flatMap((page) => shownId(s, page) ?? []))];

    /** What no page shows and does not train is let go of. */
    function close(): void {
      const kept = new Set([...ids(get()), get().training?.runId]);
      set(({ opened }) => ({ opened: Object.fromEntries(Object.entries(opened).filter(([id]) => kept.has(id))) }));
    }

    return {
      opened: {},
      shown: { train: null, playground: null, export: null },
      loadRun: () =>
        inTurn(async () => {
          const { training, project, endWriting, endExports } = get();
          endWriting();
          endExports();
          const isHere = (id: string): boolean =>
            training?.runId === id
              ? training.projectId === project.id
              : get().opened[id]?.record?.projectId === project.id;
          const pinned = Object.entries(get().shown).map(([page, id]) => [page, id !== null && isHere(id) ? id : null]);
          const shown = Object.fromEntries(pinned) as Studio['shown'];
          // A run that has saved nothing yet is not the project's, and is what Train is there for.
          const begun = training?.projectId === project.id && training.runId !== project.runId ? training.runId : null;
          const here = training?.runId;
          set(({ opened }) => ({
            shown: { ...shown, train: shown.train ?? begun },
            opened: here !== undefined && opened[here] ? { [here]: opened[here] } : {},
          }));
          for (const id of ids(get())) await open(id);
        }),
      catchUpRuns: () =>
        inTurn(async () => {
          for (const id of ids(get())) {
            if (get().training?.runId === id) continue;
            if (get().opened[id]?.record)
              await follow(id).catch(() => undefined); // told when it is opened anew
            else await open(id);
          }
        }),
      settled: () => opening,
      show(page, runId) {
        const { project, shown, endWriting, endExports } = get();
        const before = shownId(get(), page);
        set({ shown: { ...shown, [page]: runId === project.runId ? null : runId } });
        const after = shownId(get(), page);
        if (after === before) return opening;
        if (page === 'playground') endWriting();
        if (page === 'export') endExports();
        close();
        return inTurn(async () => {
          if (after !== null && !get().opened[after] && ids(get()).includes(after)) await open(after);
        });
      },
      setWhich: (page, which) => get().changeRun(shownRun(get(), page).id, (run) => ({ ...run, which })),
      async listSaved(runId) {
        if (!get().opened[runId]) return;
        const { steps, damaged } = await data.call('savedSteps', { runId });
        get().changeRun(runId, (run) => ({ ...run, steps, which: stillThere(steps, run.which) }));
        get().tellDamaged(runId, damaged);
      },
      changeRun(runId, change) {
        const run = get().opened[runId];
        if (run) put(change(run));
      },
    };
  };
