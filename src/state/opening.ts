/** Opens projects. Each is read before it replaces the one on the screen. */
import { toFailure } from '../core/base/errors';
import { byUse } from '../core/documents/record';
import { FIRST_PROJECT } from '../core/runs/project';
import { type KeptProject, lastOpened, migrateProject, readProject } from '../core/runs/projects';
import { explain } from './failures';
import { allWaiting } from './questions';
import { relisting, type RelistingNeeds } from './relisting';
import {
  type FoundProject,
  MAX_PREFETCHED,
  MAX_WAIT_MS,
  prefetchProject,
  type ProjectPrefetch,
} from './projectPrefetch';
import { waits } from './textNotes';
import { IDLE, type Work } from './work';
import type { OpeningSlice } from './slices/opening';
import type { Slice, Studio } from './slices/studio';

/** Many fields, because opening a project replaces values of every slice in one state change. */
type OpeningNeeds = RelistingNeeds &
  Pick<
    Studio,
    | 'building'
    | 'catchUp'
    | 'changeOf'
    | 'drop'
    | 'importingModel'
    | 'incoming'
    | 'kept'
    | 'listUnreadable'
    | 'loadRun'
    | 'makingOf'
    | 'waitingFiles'
    | 'openedTable'
    | 'openingRuns'
    | 'project'
    | 'readAhead'
    | 'readFor'
    | 'refused'
    | 'runsBefore'
    | 'runsOf'
    | 'shown'
    | 'shownOf'
    | 'stopListing'
    | 'texts'
    | 'tokenizing'
    | 'trainingElsewhere'
    | 'tuneTexts'
    | 'turnRunsTo'
  >;

export const createOpeningSlice: Slice<OpeningSlice, OpeningNeeds> =
  ({ data, store, tabs, now, newId, toasts, session, keeper }) =>
  (set, get) => {
    /** Returns a project to open, or why it can't be opened. */
    async function find(id: string): Promise<FoundProject> {
      try {
        const kept = await readProject(store, id);
        if (isThere(kept) || (id === FIRST_PROJECT && (await lastOpened(store, newId)) === id)) return kept;
        if (kept.stored !== undefined) return { text: `${kept.project.name} was deleted` };
        return { text: 'There is no such project here', detail: `at /p/${id}` };
      } catch (error) {
        return { text: 'This project cannot be opened', detail: explain(toFailure(error)) };
      }
    }
    const prefetch = (id: string): ProjectPrefetch => prefetchProject(id, find, data, get);
    /** Prefetched projects, least recently requested first. */
    const prefetched = new Map<string, ProjectPrefetch>();
    const listAnew = relisting(get, session, (ms) => tabs.pause(ms), keeper.failedToCatchUp);
    /** Stores the time of opening, which orders the project menu, after the page is read and drawn. */
    function recordOpening(id: string, read: unknown, openedAt: number): void {
      void Promise.resolve(read)
        .catch(() => undefined)
        .then(() => tabs.pause(DRAWING_MS))
        .then(() => get().changeOf(id, { openedAt }))
        .catch(() => undefined);
    }

    return {
      loaded: 'loading',
      async load(id) {
        // If a full disk prevents the migration of a project, it opens from its old place.
        await migrateProject(store, newId).catch(() => undefined);
        const asked = id === undefined ? undefined : await find(id);
        const kept = asked && 'project' in asked ? asked : await readProject(store, await lastOpened(store, newId));
        keeper.use(kept);
        set({ project: kept.project, trainingElsewhere: await tabs.isTraining().catch(() => false) });
        await Promise.all([get().loadTexts(), get().loadRun()]);
        set({ loaded: 'ready' });
        tabs.listen(() => void get().catchUp().then(listAnew));
        get()
          .listUnreadable()
          .catch((error: unknown) =>
            toasts.show({ text: 'Couldn’t check the stored data', detail: toFailure(error).message }),
          );
      },
      async open(id) {
        const { project: before } = get();
        if (id === before.id) return true;
        get().stopListing();
        // Uses prefetched values, unless a change of the project is still being saved.
        const isFree = keeper.isIdle();
        const early = isFree ? prefetched.get(id) : undefined;
        const rowsBefore = early?.runs?.rows;
        prefetched.clear();
        const asked = isFree ? (early ?? prefetch(id)) : undefined;
        return keeper.inTurn(async () => {
          if (id === get().project.id) return true;
          const { found: finding, settled, loaded, texts, runs, run, pages } = asked ?? prefetch(id);
          const found = await finding;
          if ('text' in found) {
            toasts.show(found);
            return false;
          }
          await Promise.race([settled, tabs.pause(MAX_WAIT_MS)]);
          await keeper.saveBeforeLeaving();
          keeper.use(found);
          const left = allWaiting(get());
          if (left.length > 0) toasts.show(waits(left));
          const asLeft = get().turnRunsTo(id, rowsBefore);
          const shown = get().shownOf(found.project, loaded.run);
          set((s) => ({
            project: found.project,
            // Pages must distinguish unread texts from no texts.
            loaded: loaded.texts ? 'ready' : 'loading',
            kept: 'yes',
            // Resets values of the closed project; its preparation continues.
            ...(loaded.texts ?? byUse([], id)),
            runs: runs?.rows ?? asLeft,
            drop: null,
            openedTable: null,
            importingModel: withoutFailure(s.importingModel),
            incoming: null,
            ...shown,
            ...s.makingOf(id),
          }));
          // Includes what has already loaded, so that a page renders it all once. Reads values from before the press
          // again, as they may have changed.
          const listing = rowsBefore ? undefined : runs;
          const list = (): unknown => get().project.id === id && get().listRuns(listing ?? get().runsOf(id));
          const listed = runs || loaded.pages ? list() : pages.then(list, list);
          await Promise.all([
            get()
              .loadTexts(early && loaded.texts ? undefined : texts)
              .finally(() => set((s) => (s.loaded === 'ready' ? s : { loaded: 'ready' }))),
            get().loadRun(await run, !shown.openingRuns),
          ]);
          if (early) void get().catchUp();
          if (found.stored !== undefined) recordOpening(id, listed, now());
          return true;
        });
      },
      prefetch(id) {
        const reading = prefetched.get(id) ?? prefetch(id);
        prefetched.delete(id);
        prefetched.set(id, reading);
        if (prefetched.size > MAX_PREFETCHED) prefetched.delete(prefetched.keys().next().value!);
        // An unreadable record is read again, and then reported.
        Promise.all([reading.pages, reading.runs?.whole]).catch(() => prefetched.delete(id));
        return reading.settled;
      },
      dropPrefetched: () => prefetched.clear(),
    };
  };

/** Milliseconds in which an opened project is usually drawn. */
const DRAWING_MS = 500;

const withoutFailure = (work: Work): Work => (work.kind === 'failed' ? IDLE : work);
const isThere = ({ stored, project }: KeptProject): boolean => stored !== undefined && project.removedAt === undefined;
