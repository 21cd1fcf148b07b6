/** Keeps the open project in step with the store and other tabs. */
import { toFailure } from '../core/base/errors';
import { allTexts } from '../core/documents/record';
import { same } from '../core/runs/mergeFields';
import { withShownRecipe } from '../core/runs/mergeCleaning';
import { changedFields, mergeProjects, type Project } from '../core/runs/project';
import { type KeptProject, nextOpened, readProject, saveProject } from '../core/runs/projects';
import { allWaiting } from './questions';
import type { ProjectKeeper } from './slices/project';
import type { Services, SetState, SliceServices, Studio } from './slices/studio';

type KeeperNeeds = Pick<
  Studio,
  | 'catchUpRuns'
  | 'kept'
  | 'listUnreadable'
  | 'loaded'
  | 'loadRun'
  | 'loadTexts'
  | 'waitingFiles'
  | 'open'
  | 'project'
  | 'refused'
  | 'skip'
  | 'texts'
  | 'trainingElsewhere'
  | 'tuneTexts'
>;

export function createProjectKeeper(
  { store, tabs, now, newId, toasts, session }: Services & Pick<SliceServices, 'toasts' | 'session'>,
  set: SetState<KeeperNeeds>,
  get: () => KeeperNeeds,
): ProjectKeeper {
  let last: KeptProject;
  let leaving: string | undefined;
  /** Reads and saves run in order: each starts from the result of the one before. */
  let queue: Promise<unknown> = Promise.resolve();
  let isQueued = false;
  let waiting = 0;
  const inTurn = <T>(job: () => Promise<T>): Promise<T> => {
    waiting++;
    const mine = queue.then(job).finally(() => waiting--);
    queue = mine.catch(() => undefined);
    return mine;
  };
  /** Call only in the queue. */
  async function saveNow(): Promise<void> {
    for (;;) {
      const { project } = get();
      const wasUnreadable = last.problem !== undefined;
      const saved = await saveProject(store, last, project);
      if (!saved) {
        const theirs = await readProject(store, project.id);
        if (isGone(theirs)) return leave();
        await takeOver(theirs);
        continue;
      }
      last = saved;
      if (get().project === project) set({ kept: 'yes', project: saved.project }); // its name may be truncated
      tabs.announce();
      if (wasUnreadable) await get().listUnreadable();
      if (project.removedAt !== undefined) await leave();
      return;
    }
  }
  const notSaved = (error: unknown): void => {
    set({ kept: 'no' });
    toasts.show({ text: 'The project could not be saved', detail: toFailure(error).message });
  };
  const save = () => {
    set({ kept: 'saving' });
    // A slider changes the project many times during one save; the next save covers them all.
    if (isQueued) return;
    isQueued = true;
    inTurn(() => {
      isQueued = false;
      return saveNow();
    }).catch(notSaved);
  };
  /** Merges another tab's version with local changes; a run that trains here stays the shown one. */
  async function takeOver(theirs: KeptProject): Promise<void> {
    const base = await withShownRecipe(last.project, theirs.project);
    const { project: mine } = get();
    const training = session.current();
    const merged = mergeProjects(base, mine, theirs.project);
    const project = training?.projectId === mine.id ? { ...merged, runId: mine.runId } : merged;
    last = theirs;
    const changed = changedFields(mine, project);
    if (changed.length === 0) return;
    set({ project });
    reportChanges(changed);
    if (changed.includes('tokenizer')) await get().loadTexts();
    if (changed.includes('runId')) await get().loadRun();
  }
  /** Older builds didn't store a project with its first text or question, so nobody could find it again. */
  const isToBeFound = (): boolean => last.stored === undefined && allTexts(get()).length + allWaiting(get()).length > 0;
  const isGone = ({ stored }: KeptProject): boolean => stored === undefined && last.stored !== undefined;
  /** Opens another project after this one was deleted in another tab. */
  async function leave(): Promise<void> {
    const { project, open } = get();
    if (leaving === project.id) return;
    leaving = project.id;
    set({ kept: 'yes' }); // its record is gone, or already saved
    get().skip(allWaiting(get()));
    toasts.show({ text: `${project.name} was deleted in another tab` });
    void open(await nextOpened(store, newId, now(), project.id)); // runs in the queue
  }
  const failedToCatchUp = (error: unknown): void =>
    toasts.show({ text: 'Couldn’t read changes from other tabs', detail: toFailure(error).message });
  const reportChanges = (changed: readonly (keyof Project)[]): void => {
    for (const { id, text } of toasts.list()) if (text === ELSEWHERE) toasts.dismiss(id);
    const words = [...new Set(changed.flatMap((field) => WORDS[field] ?? []))];
    if (words.length === 0) return;
    const list = [words.slice(0, -1).join(', '), words.at(-1)].filter((part) => part !== '').join(' and ');
    toasts.show({ text: ELSEWHERE, detail: `updated here: ${list}` });
  };

  return {
    inTurn,
    isIdle: () => waiting === 0,
    save,
    async saveBeforeLeaving() {
      // Changed during the search, or never stored.
      if (get().project !== last.project || isToBeFound()) await saveNow().catch(notSaved);
    },
    use(kept) {
      last = kept;
      leaving = undefined;
    },
    keep: () =>
      inTurn(async () => {
        if (get().loaded === 'ready' && last.stored === undefined) await saveNow();
      }).catch(notSaved),
    failedToCatchUp,
    catchUp: () =>
      inTurn(async () => {
        const theirs = await readProject(store, last.project.id);
        if (isGone(theirs)) return leave();
        if (!same(theirs.stored, last.stored)) await takeOver(theirs);
        if (get().project.removedAt !== undefined) return leave();
        const was = get().trainingElsewhere;
        const is = !session.current() && (await tabs.isTraining());
        // When another tab's training ends, opens its result; until then this page doesn't follow that run.
        try {
          if (was && !is && !session.current()) await get().loadRun();
        } finally {
          set({ trainingElsewhere: is });
        }
        await get().catchUpRuns();
      }).catch(failedToCatchUp),
  };
}

const ELSEWHERE = 'The project changed in another tab';
/** Words for changed fields; the others aren't reported. */
const WORDS: Partial<Record<keyof Project, string>> = {
  ...{ name: 'name', tokenizer: 'tokenizer', data: 'data', runId: 'run', baseline: 'baseline' },
  tokenizerChoice: 'settings',
  split: 'settings',
  model: 'settings',
  recipe: 'settings',
  recompute: 'settings',
  rateByHand: 'settings',
  plan: 'settings',
};
