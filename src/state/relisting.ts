/** Lists projects, runs and checkpoints again after hints from other tabs. */
import type { Studio } from './slices/studio';
import type { TrainingSession } from './slices/trainingSession';

export type RelistingNeeds = Pick<
  Studio,
  | 'cardEvaluations'
  | 'keptLists'
  | 'listProjects'
  | 'listRuns'
  | 'listSaved'
  | 'loadCardEvaluations'
  | 'loadEvaluation'
  | 'loadLists'
  | 'loadTexts'
  | 'opened'
  | 'projects'
  | 'runs'
>;

/** @returns a function that lists again; frequent hints are combined into one list */
export function relisting(
  get: () => RelistingNeeds,
  session: Pick<TrainingSession, 'current'>,
  pause: (ms: number) => Promise<unknown>,
  onError: (error: unknown) => void,
): () => void {
  /** Runs one list at a time and queues at most one, after `ms` at least. */
  function combined(ms: number, list: () => Promise<unknown>): () => void {
    let isQueued = false;
    let listing: Promise<unknown> = Promise.resolve();
    return () => {
      if (isQueued) return;
      isQueued = true;
      listing = listing
        .then(() => pause(ms))
        .then(() => {
          isQueued = false;
          return list();
        })
        .catch(onError);
    };
  }
  const listOwn = combined(1000, () => {
    const { loadTexts, runs, listRuns, opened, listSaved, loadEvaluation } = get();
    const { keptLists, loadLists, cardEvaluations, loadCardEvaluations } = get();
    const idleRuns = Object.keys(opened).filter((id) => id !== session.current()?.runId); // some checkpoints may be gone
    return Promise.all([
      loadTexts(),
      loadEvaluation(),
      ...(keptLists ? [loadLists()] : []),
      ...(cardEvaluations ? [loadCardEvaluations()] : []),
      ...(runs ? [listRuns()] : []),
      ...idleRuns.map((id) => listSaved(id)),
    ]);
  });
  /** Less often: this reads all runs of all projects, and the project menu lists them too. */
  const listOthers = combined(5000, async () => {
    if (get().projects.length > 0) await get().listProjects();
  });
  return () => {
    listOwn();
    listOthers();
  };
}
