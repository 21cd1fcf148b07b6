/** Opens projects: reads what each is shown with before it takes the place of the one before. */
import { toFailure } from '../core/base/errors';
import { byUse } from '../core/documents/record';
import { FIRST_PROJECT } from '../core/runs/project';
import { type KeptProject, lastOpened, migrateProject, readProject } from '../core/runs/projects';
import { explain } from './failures';
import { allWaiting } from './questions';
import { relisting, type RelistingNeeds } from './relisting';
import { beginOpening, type Found, MAX_KEPT, MAX_WAIT_MS, type Opening } from './shownWith';
import { waits } from './textNotes';
import { IDLE, type Work } from './work';
import type { OpeningSlice } from './slices/opening';
import type { Slice, Studio } from './slices/studio';

/** Opening a project replaces what every slice shows, in one change of the state: hence so many. */
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
    | 'markup'
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
    /** A project to open, or why there is none. */
    async function find(id: string): Promise<Found> {
      try {
        const kept = await readProject(store, id);
        if (isThere(kept) || (id === FIRST_PROJECT && (await lastOpened(store, newId)) === id)) return kept;
        if (kept.stored !== undefined) return { text: `${kept.project.name} was deleted` };
        return { text: 'There is no such project here', detail: `at /p/${id}` };
      } catch (error) {
        return { text: 'This project cannot be opened', detail: explain(toFailure(error)) };
      }
    }
    const begin = (id: string): Opening => beginOpening(id, find, data, get);
    /** What projects that may be opened next would be shown with. */
    const ahead = new Map<string, Opening>();
    const listAnew = relisting(get, session, (ms) => tabs.pause(ms), keeper.failedToCatchUp);
    /** Not before what it is shown with is read and drawn, which would wait for this: only the order of the menu follows from it. */
    function tellOpened(id: string, read: unknown, openedAt: number): void {
      void Promise.resolve(read)
        .catch(() => undefined)
        .then(() => tabs.pause(DRAWING_MS))
        .then(() => get().changeOf(id, { openedAt }))
        .catch(() => undefined);
    }

    return {
      loaded: 'loading',
      async load(id) {
        // What cannot be moved now, on a full disk, opens from where it is.
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
        // What it is shown with is read while the one before stands, so that one picture follows the other: from the press on,
        // or before it, unless something comes before that may change it.
        const isFree = keeper.isIdle();
        const early = isFree ? ahead.get(id) : undefined;
        const rowsBefore = early?.runs?.rows;
        ahead.clear();
        const asked = isFree ? (early ?? begin(id)) : undefined;
        return keeper.inTurn(async () => {
          if (id === get().project.id) return true;
          const { found: finding, all, there, texts, runs, run, own } = asked ?? begin(id);
          const found = await finding;
          if ('text' in found) {
            toasts.show(found);
            return false;
          }
          await Promise.race([all, tabs.pause(MAX_WAIT_MS)]);
          await keeper.saveBeforeLeaving();
          keeper.use(found);
          const left = allWaiting(get());
          if (left.length > 0) toasts.show(waits(left));
          const asLeft = get().turnRunsTo(id, rowsBefore);
          const shown = get().shownOf(found.project, there.run);
          set((s) => ({
            project: found.project,
            // What is not read yet is not to be taken for nothing.
            loaded: there.texts ? 'ready' : 'loading',
            kept: 'yes',
            // Of the closed project; its preparation continues.
            ...(there.texts ?? byUse([], id)),
            runs: runs?.rows ?? asLeft,
            drop: null,
            openedTable: null,
            importingModel: withoutFailure(s.importingModel),
            incoming: null,
            ...shown,
            ...s.makingOf(id),
          }));
          // Includes what has already loaded, so that a page renders all of it once. Reads again whatever was loaded
          // before the press, as it may have changed.
          const listing = rowsBefore ? undefined : runs;
          const list = (): unknown => get().project.id === id && get().listRuns(listing ?? get().runsOf(id));
          const listed = runs || there.own ? list() : own.then(list, list);
          await Promise.all([
            get()
              .loadTexts(early && there.texts ? undefined : texts)
              .finally(() => set((s) => (s.loaded === 'ready' ? s : { loaded: 'ready' }))),
            get().loadRun(await run, !shown.openingRuns),
          ]);
          if (early) void get().catchUp();
          if (found.stored !== undefined) tellOpened(id, listed, now());
          return true;
        });
      },
      lookAhead(id) {
        const opening = ahead.get(id) ?? begin(id);
        ahead.delete(id);
        ahead.set(id, opening);
        if (ahead.size > MAX_KEPT) ahead.delete(ahead.keys().next().value!);
        // An unreadable record is read again, and then reported.
        Promise.all([opening.own, opening.runs?.whole]).catch(() => ahead.delete(id));
        return opening.all;
      },
      lookAway: () => ahead.clear(),
    };
  };

/** What is shown of a project that was opened is drawn by then, as a rule. */
const DRAWING_MS = 500;

const withoutFailure = (work: Work): Work => (work.kind === 'failed' ? IDLE : work);
const isThere = ({ stored, project }: KeptProject): boolean => stored !== undefined && project.removedAt === undefined;
