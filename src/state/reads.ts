/** Imports into projects: one at a time, and the pending ones of each project. */
interface Reads {
  /** Runs a job after the imports before it. */
  inTurn<T>(job: () => Promise<T>): Promise<T>;
  /** Whether an import runs or waits. */
  isBusy(): boolean;
  /** Reports files of a project to `coming` until they are read or refused. */
  follow<T>(projectId: string, reading: Promise<T>): Promise<T>;
  /** Resolves once all files added to the project so far are read, or the signal is aborted. */
  coming(projectId: string, signal: AbortSignal): Promise<void>;
}

export function reads(): Reads {
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const given = new Map<string, Set<Promise<unknown>>>();
  const of = (projectId: string): ReadonlySet<Promise<unknown>> => given.get(projectId) ?? new Set();
  return {
    inTurn(job) {
      waiting++;
      const mine = queue.then(job).finally(() => waiting--);
      queue = mine.catch(() => undefined);
      return mine;
    },
    isBusy: () => waiting > 0,
    async follow(projectId, reading) {
      given.set(projectId, new Set(of(projectId)).add(reading));
      try {
        return await reading;
      } finally {
        given.set(projectId, new Set([...of(projectId)].filter((each) => each !== reading)));
      }
    },
    async coming(projectId, signal) {
      const isStopped = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      if (!signal.aborted) await Promise.race([Promise.allSettled(of(projectId)), isStopped]);
    },
  };
}
