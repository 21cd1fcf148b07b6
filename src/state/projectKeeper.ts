/** Keeps the open project in step with the store and other tabs. */
import { toFailure } from '../core/base/errors';
import { allTexts } from '../core/documents/record';
import { same } from '../core/runs/mergeFields';
import { withShownRecipe } from '../core/runs/mergeCleaning';
import { changedFields, mergeProjects, type Project } from '../core/runs/project';
import { type KeptProject, nextOpened, readProject, saveProject } from '../core/runs/projects';
import { createJobQueue } from './jobQueue';
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

type KeeperServices = Services & Pick<SliceServices, 'toasts' | 'session'>;

export function createProjectKeeper(
  services: KeeperServices,
  set: SetState<KeeperNeeds>,
  get: () => KeeperNeeds,
): ProjectKeeper {
  const { store, tabs, toasts, session } = services;
  /** Reads and saves run in order: each starts from the result of the one before. */
  const queue = createJobQueue();
  const stored = storedProject(services, set, get);
  let isSaveQueued = false;
  const reportUnsaved = (error: unknown): void => {
    set({ kept: 'no' });
    toasts.show({ text: 'The project could not be saved', detail: toFailure(error).message });
  };
  const failedToCatchUp = (error: unknown): void =>
    toasts.show({ text: 'Couldn’t read changes from other tabs', detail: toFailure(error).message });
  /** Older builds didn't store a project with its first text or question, so nobody could find it again. */
  const needsFirstSave = (): boolean =>
    stored.latest().stored === undefined && allTexts(get()).length + allWaiting(get()).length > 0;

  return {
    inTurn: queue.inTurn,
    isIdle: queue.isIdle,
    failedToCatchUp,
    use: stored.use,
    save() {
      set({ kept: 'saving' });
      // A slider changes the project many times during one save; the next save covers them all.
      if (isSaveQueued) return;
      isSaveQueued = true;
      queue
        .inTurn(() => {
          isSaveQueued = false;
          return stored.save();
        })
        .catch(reportUnsaved);
    },
    async saveBeforeLeaving() {
      // Changed during the search, or never stored.
      if (get().project !== stored.latest().project || needsFirstSave()) await stored.save().catch(reportUnsaved);
    },
    keep: () =>
      queue
        .inTurn(async () => {
          if (get().loaded === 'ready' && stored.latest().stored === undefined) await stored.save();
        })
        .catch(reportUnsaved),
    catchUp: () =>
      queue
        .inTurn(async () => {
          const theirs = await readProject(store, stored.latest().project.id);
          if (stored.isDeleted(theirs)) return stored.leave();
          if (!same(theirs.stored, stored.latest().stored)) await stored.merge(theirs);
          if (get().project.removedAt !== undefined) return stored.leave();
          const wasTrainingElsewhere = get().trainingElsewhere;
          const isTrainingElsewhere = !session.current() && (await tabs.isTraining());
          // When another tab's training ends, opens its result; until then this page doesn't follow that run.
          try {
            if (wasTrainingElsewhere && !isTrainingElsewhere && !session.current()) await get().loadRun();
          } finally {
            set({ trainingElsewhere: isTrainingElsewhere });
          }
          await get().catchUpRuns();
        })
        .catch(failedToCatchUp),
  };
}

/** Call its functions only in the queue. */
interface StoredProject {
  /** Last stored version that was read or saved here. */
  latest(): KeptProject;
  use(kept: KeptProject): void;
  /** Whether the project was deleted from the store since. */
  isDeleted(theirs: KeptProject): boolean;
  /** Stores the open project, merged with what other tabs stored meanwhile. */
  save(): Promise<void>;
  /** Merges another tab's version with local changes; a run that trains here stays the shown one. */
  merge(theirs: KeptProject): Promise<void>;
  /** Opens another project after this one was deleted in another tab. */
  leave(): Promise<void>;
}

/** The stored version of the open project, which other tabs change too. */
function storedProject(
  { store, tabs, now, newId, toasts, session }: KeeperServices,
  set: SetState<KeeperNeeds>,
  get: () => KeeperNeeds,
): StoredProject {
  let latest: KeptProject;
  /** Id of the project that is being left. */
  let leaving: string | undefined;
  const isDeleted = ({ stored }: KeptProject): boolean => stored === undefined && latest.stored !== undefined;

  async function save(): Promise<void> {
    for (;;) {
      const { project } = get();
      const wasUnreadable = latest.problem !== undefined;
      const saved = await saveProject(store, latest, project);
      if (!saved) {
        const theirs = await readProject(store, project.id);
        if (isDeleted(theirs)) return leave();
        await merge(theirs);
        continue;
      }
      latest = saved;
      if (get().project === project) set({ kept: 'yes', project: saved.project }); // its name may be truncated
      tabs.announce();
      if (wasUnreadable) await get().listUnreadable();
      if (project.removedAt !== undefined) await leave();
      return;
    }
  }
  async function merge(theirs: KeptProject): Promise<void> {
    const base = await withShownRecipe(latest.project, theirs.project);
    const { project: mine } = get();
    const training = session.current();
    const merged = mergeProjects(base, mine, theirs.project);
    const project = training?.projectId === mine.id ? { ...merged, runId: mine.runId } : merged;
    latest = theirs;
    const changed = changedFields(mine, project);
    if (changed.length === 0) return;
    set({ project });
    reportChanges(toasts, changed);
    if (changed.includes('tokenizer')) await get().loadTexts();
    if (changed.includes('runId')) await get().loadRun();
  }
  async function leave(): Promise<void> {
    const { project, open } = get();
    if (leaving === project.id) return;
    leaving = project.id;
    set({ kept: 'yes' }); // its record is gone, or already saved
    get().skip(allWaiting(get()));
    toasts.show({ text: `${project.name} was deleted in another tab` });
    void open(await nextOpened(store, newId, now(), project.id)); // runs in the queue
  }
  return {
    latest: () => latest,
    use(kept) {
      latest = kept;
      leaving = undefined;
    },
    isDeleted,
    save,
    merge,
    leave,
  };
}

/** Shows which fields another tab changed, in place of an earlier toast about that. */
function reportChanges(toasts: SliceServices['toasts'], changed: readonly (keyof Project)[]): void {
  for (const { id, text } of toasts.list()) if (text === ELSEWHERE) toasts.dismiss(id);
  const words = [...new Set(changed.flatMap((field) => WORDS[field] ?? []))];
  if (words.length === 0) return;
  const list = [words.slice(0, -1).join(', '), words.at(-1)].filter((part) => part !== '').join(' and ');
  toasts.show({ text: ELSEWHERE, detail: `updated here: ${list}` });
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
