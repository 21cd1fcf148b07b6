/** Imports into projects: one at a time, and the pending ones of each project. */
import { createJobQueue } from './jobQueue';

export interface ImportQueue {
  /** Runs an import into a project after the imports before it. */
  enqueue<T>(projectId: string, job: () => Promise<T>): Promise<T>;
  /** Runs an import into a project at once, next to the one in progress. */
  runNow<T>(projectId: string, job: () => Promise<T>): Promise<T>;
  /** Whether an import in the queue runs or waits. */
  isBusy(): boolean;
  /** Counts an import as pending for a project until its files are read or refused. */
  track<T>(projectId: string, pending: Promise<T>): Promise<T>;
  /** Resolves once all files added to the project so far are read, or the signal is aborted. */
  whenRead(projectId: string, signal: AbortSignal): Promise<void>;
}

/** @param protect runs a job while the project is stored and can't be deleted */
export function createImportQueue(protect: <T>(projectId: string, job: () => Promise<T>) => Promise<T>): ImportQueue {
  const { inTurn, isIdle } = createJobQueue();
  const pendingByProject = new Map<string, Set<Promise<unknown>>>();
  const pendingOf = (projectId: string): ReadonlySet<Promise<unknown>> => pendingByProject.get(projectId) ?? new Set();
  async function track<T>(projectId: string, pending: Promise<T>): Promise<T> {
    pendingByProject.set(projectId, new Set(pendingOf(projectId)).add(pending));
    try {
      return await pending;
    } finally {
      pendingByProject.set(projectId, new Set([...pendingOf(projectId)].filter((other) => other !== pending)));
    }
  }
  return {
    enqueue: (projectId, job) =>
      track(
        projectId,
        protect(projectId, () => inTurn(job)),
      ),
    runNow: (projectId, job) => track(projectId, protect(projectId, job)),
    isBusy: () => !isIdle(),
    track,
    async whenRead(projectId, signal) {
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      if (!signal.aborted) await Promise.race([Promise.allSettled(pendingOf(projectId)), aborted]);
    },
  };
}
