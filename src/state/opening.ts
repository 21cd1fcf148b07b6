/** Opens projects. Each is read before it replaces the one on the screen. */
import { toFailure } from '../core/base/errors';
import { byUse } from '../core/documents/record';
import { FIRST_PROJECT } from '../core/runs/project';
import { type KeptProject, lastOpened, migrateProject, readProject } from '../core/runs/projects';
import { explain } from './failures';
import { allWaiting } from './questions';
import { relisting, type RelistingNeeds } from './relisting';
import {
  createPrefetchCache,
  type FoundProject,
  MAX_WAIT_MS,
  prefetchProject,
  type ProjectPrefetch,
} from './projectPrefetch';
import { waits } from './textNotes';
import { IDLE, type Work } from './work';
import type { OpeningSlice } from './slices/opening';
import type { SetState, Slice, SliceServices, Studio } from './slices/studio';
import type { RunRow } from '../protocol/data';

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

export const createOpeningSlice: Slice<OpeningSlice, OpeningNeeds> = (services) => (set, get) => {
  const { data, store, tabs, newId, toasts, session, keeper } = services;
  const find = projectFinder(services);
  const prefetched = createPrefetchCache((id) => prefetchProject(id, find, data, get));
  const open = projectOpener(services, set, get);
  const listAgain = relisting(get, session, (ms) => tabs.pause(ms), keeper.failedToCatchUp);
  return {
    loaded: 'loading',
    async load(id) {
      // If a full disk prevents the migration of a project, it opens from its old place.
      await migrateProject(store, newId).catch(() => undefined);
      const requested = id === undefined ? undefined : await find(id);
      const kept =
        requested && 'project' in requested ? requested : await readProject(store, await lastOpened(store, newId));
      keeper.use(kept);
      set({ project: kept.project, trainingElsewhere: await tabs.isTraining().catch(() => false) });
      await Promise.all([get().loadTexts(), get().loadRun()]);
      set({ loaded: 'ready' });
      tabs.listen(() => void get().catchUp().then(listAgain));
      get()
        .listUnreadable()
        .catch((error: unknown) =>
          toasts.show({ text: 'Couldn’t check the stored data', detail: toFailure(error).message }),
        );
    },
    async open(id) {
      if (id === get().project.id) return true;
      get().stopListing();
      // Uses prefetched values, unless a change of the project is still being saved.
      const canReadNow = keeper.isIdle();
      const early = canReadNow ? prefetched.get(id) : undefined;
      const rowsBefore = early?.runs?.rows;
      prefetched.clear();
      const reads = canReadNow ? (early ?? prefetched.start(id)) : undefined;
      return keeper.inTurn(
        async () =>
          id === get().project.id || open(id, reads ?? prefetched.start(id), { isPrefetched: !!early, rowsBefore }),
      );
    },
    prefetch: prefetched.request,
    dropPrefetched: prefetched.clear,
  };
};

/** @returns a function that finds a project to open, or the reason why it can't be opened */
function projectFinder({
  store,
  newId,
}: Pick<SliceServices, 'store' | 'newId'>): (id: string) => Promise<FoundProject> {
  return async (id) => {
    try {
      const kept = await readProject(store, id);
      if (exists(kept) || (id === FIRST_PROJECT && (await lastOpened(store, newId)) === id)) return kept;
      if (kept.stored !== undefined) return { text: `${kept.project.name} was deleted` };
      return { text: 'There is no such project here', detail: `at /p/${id}` };
    } catch (error) {
      return { text: 'This project cannot be opened', detail: explain(toFailure(error)) };
    }
  };
}

interface OpenOptions {
  /** Whether the values were read before the press, so that they may have changed. */
  isPrefetched: boolean;
  /** Rows of the project's run list that were read before the press. */
  rowsBefore: readonly RunRow[] | null | undefined;
}

/** @returns a function that replaces the open project by one that is being read. Call it only in the keeper's queue */
function projectOpener(
  { tabs, now, toasts, keeper }: SliceServices,
  set: SetState<OpeningNeeds & OpeningSlice>,
  get: () => OpeningNeeds & OpeningSlice,
): (id: string, reads: ProjectPrefetch, options: OpenOptions) => Promise<boolean> {
  /** Stores the time of opening, which orders the project menu, after the page is read and drawn. */
  function recordOpening(id: string, read: unknown, openedAt: number): void {
    void Promise.resolve(read)
      .catch(() => undefined)
      .then(() => tabs.pause(DRAWING_MS))
      .then(() => get().changeOf(id, { openedAt }))
      .catch(() => undefined);
  }
  return async (id, { found: finding, settled, loaded, texts, runs, run, pages }, { isPrefetched, rowsBefore }) => {
    const found = await finding;
    if ('text' in found) {
      toasts.show(found);
      return false;
    }
    await Promise.race([settled, tabs.pause(MAX_WAIT_MS)]);
    await keeper.saveBeforeLeaving();
    keeper.use(found);
    const waitingFiles = allWaiting(get());
    if (waitingFiles.length > 0) toasts.show(waits(waitingFiles));
    const earlierRows = get().turnRunsTo(id, rowsBefore);
    const shown = get().shownOf(found.project, loaded.run);
    set((s) => ({
      project: found.project,
      // Pages must distinguish unread texts from no texts.
      loaded: loaded.texts ? 'ready' : 'loading',
      kept: 'yes',
      // Resets values of the closed project; its preparation continues.
      ...(loaded.texts ?? byUse([], id)),
      runs: runs?.rows ?? earlierRows,
      drop: null,
      openedTable: null,
      importingModel: withoutFailure(s.importingModel),
      incoming: null,
      ...shown,
      ...s.makingOf(id),
    }));
    // Includes what has already loaded, so that a page renders it all once. Reads values from before the press again,
    // as they may have changed.
    const listing = rowsBefore ? undefined : runs;
    const list = (): unknown => get().project.id === id && get().listRuns(listing ?? get().runsOf(id));
    const listed = runs || loaded.pages ? list() : pages.then(list, list);
    await Promise.all([
      get()
        .loadTexts(isPrefetched && loaded.texts ? undefined : texts)
        .finally(() => set((s) => (s.loaded === 'ready' ? s : { loaded: 'ready' }))),
      get().loadRun(await run, !shown.openingRuns),
    ]);
    if (isPrefetched) void get().catchUp();
    if (found.stored !== undefined) recordOpening(id, listed, now());
    return true;
  };
}

/** Milliseconds in which an opened project is usually drawn. */
const DRAWING_MS = 500;

const withoutFailure = (work: Work): Work => (work.kind === 'failed' ? IDLE : work);
const exists = ({ stored, project }: KeptProject): boolean => stored !== undefined && project.removedAt === undefined;
