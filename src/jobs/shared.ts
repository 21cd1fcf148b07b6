/** Work with several callers: it runs once, reports to all of them, and stops when no caller waits. */
import type { Job } from '../core/base/job';

export interface Shared<T> {
  /** Identifies the work. */
  readonly of: string;
  /** @throws the signal's reason, while other callers keep waiting */
  wait(job: Job): Promise<T>;
  /** Whether it has no result for a new caller. */
  isStopped(): boolean;
}

export function shared<T>(of: string, work: (job: Job) => Promise<T>): Shared<T> {
  const stop = new AbortController();
  const waiting = new Set<Job>();
  let state: 'under way' | 'done' | 'failed' = 'under way';
  const done = work({ signal: stop.signal, report: (at) => waiting.forEach((job) => job.report(at)) });
  done.then(
    () => (state = 'done'),
    () => (state = 'failed'), // Those who wait get the error.
  );
  const stopAlone = (): void => {
    if (waiting.size === 0 && state === 'under way') stop.abort();
  };
  return {
    of,
    isStopped: () => state === 'failed' || stop.signal.aborted,
    async wait(job) {
      job.signal.throwIfAborted();
      waiting.add(job);
      let leave = (): void => undefined;
      try {
        return await new Promise<T>((resolve, reject) => {
          leave = () => reject(job.signal.reason as Error);
          job.signal.addEventListener('abort', leave);
          done.then(resolve, reject);
        });
      } finally {
        job.signal.removeEventListener('abort', leave);
        waiting.delete(job);
        // Turning a page stops one request and makes the next.
        setTimeout(stopAlone, LINGER_MS);
      }
    },
  };
}
const LINGER_MS = 500;
