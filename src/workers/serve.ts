/** Serves a table of handlers as a worker. A missing handler, or one with wrong types, doesn't compile. */
import { expose, type Endpoint } from 'comlink';
import { toFailure } from '../core/base/errors';
import type { Job, Progress } from '../core/base/job';
import type { Api, Reply, Served } from '../protocol/rpc';
import { watchRequests, type RequestsMessage } from './requests';
import { throttled } from '../jobs/throttled';

export type Handlers<A extends Api<A>> = {
  [M in keyof A]: (input: A[M]['input'], job: Job<A[M]['progress']>) => Promise<A[M]['output']>;
};

/** `endpoint` is the worker itself, or in tests one end of a channel. */
export function serve<A extends Api<A>>(handlers: Handlers<A>, endpoint?: Endpoint): void {
  const served: Served<A> = {
    async call(method, input, report, stop) {
      const abort = new AbortController();
      stop.onmessage = () => abort.abort();
      // Progress and reply use different channels: the last progress must arrive before the reply is sent.
      let lastReport: Promise<unknown> = Promise.resolve();
      const reportNow = (progress: A[typeof method]['progress']): void => {
        lastReport = Promise.resolve(report(progress)).catch(() => undefined);
      };
      // Only the newest progress counts: drawing 20,000 values would block the page.
      const throttledProgress = throttled<A[typeof method]['progress']>(REPORT_INTERVAL_MS, (batch) =>
        reportNow(batch.at(-1)!),
      );
      const reportProgress = (progress: A[typeof method]['progress']): void =>
        isProgress(progress) ? throttledProgress.push(progress) : reportNow(progress);
      try {
        const value = await handlers[method](input, { signal: abort.signal, report: reportProgress });
        throttledProgress.flush();
        await lastReport;
        return { ok: true, value };
      } catch (error) {
        throttledProgress.flush();
        await lastReport;
        return { ok: false, failure: toFailure(error) } satisfies Reply<never>;
      } finally {
        stop.close();
      }
    },
  };
  if (!endpoint) watchRequests((requests) => postMessage({ requests } satisfies RequestsMessage));
  expose(served, endpoint);
}

/** Milliseconds. */
const REPORT_INTERVAL_MS = 100;
const isProgress = (progress: unknown): progress is Progress =>
  typeof progress === 'object' && progress !== null && 'label' in progress && 'done' in progress;
