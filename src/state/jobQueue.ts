/** Runs jobs one after another. A failed job doesn't stop the next one. */
interface JobQueue {
  inTurn<T>(job: () => Promise<T>): Promise<T>;
  /** Whether no job runs or waits. */
  isIdle(): boolean;
  /** Resolves when all jobs so far have ended. */
  settled(): Promise<void>;
}

export function createJobQueue(): JobQueue {
  let lastJob: Promise<unknown> = Promise.resolve();
  let unfinished = 0;
  return {
    inTurn(job) {
      unfinished++;
      const result = lastJob.then(job).finally(() => unfinished--);
      lastJob = result.catch(() => undefined);
      return result;
    },
    isIdle: () => unfinished === 0,
    async settled() {
      await lastJob;
    },
  };
}
