/** Work with several callers: it runs once, reports to all of them, and stops when no caller waits. */
import type { Job } from '../core/base/job';

export interface Shared<T> {
  /** Identifies the work. */
  readonly key: string;
  /** @throws the signal's reason, while other callers keep waiting */
  wait(job: Job): Promise<T>;
  /** Whether it has no result for a new caller. */
  isStopped(): boolean;
}

export function shared<T>(key: string, work: (job: Job) => Promise<T>): Shared<T> {
  const stop = new AbortController();
  const waitingJobs = new Set<Job>();
  let state: 'under way' | 'done' | 'failed' = 'under way';
  const done = work({ signal: stop.signal, report: (progress) => waitingJobs.forEach((job) => job.report(progress)) });
  done.then(
    () => (state = 'done'),
    () => (state = 'failed'), // Those who wait get the error.
  );
  const stopIfUnused = (): void => {
    if (waitingJobs.size === 0 && state === 'under way') stop.abort();
  };
  return {
    key,
    isStopped: () => state === 'failed' || stop.signal.aborted,
    async wait(job) {
      job.signal.throwIfAborted();
      waitingJobs.add(job);
      let onAbort = (): void => undefined;
      try {
        return await new Promise<T>((resolve, reject) => {
          onAbort = () => reject(job.signal.reason as Error);
          job.signal.addEventListener('abort', onAbort);
          done.then(resolve, reject);
        });
      } finally {
        job.signal.removeEventListener('abort', onAbort);
        waitingJobs.delete(job);
        // Turning a page stops one request and makes the next.
        setTimeout(stopIfUnused, LINGER_MS);
      }
    },
  };
}
const LINGER_MS = 500;
