/** Values that workers compute for a page: requested while a component is mounted, and canceled on unmount. */
import { useEffect, useState } from 'react';
import { type Failure, toFailure } from '../core/base/errors';
import type { Progress } from '../core/base/job';
import type { DataApi } from '../protocol/data';
import { useStudioStore } from './react';
import type { Workers } from './slices/studio';

/** Without `value` and `failure` the answer is pending. */
export interface Query<T> {
  /** Answer to this question; stays while the same question is asked again, and if that fails. */
  value: T | undefined;
  /** Newest answer, which may be to an earlier question: keeps a page still until the next one arrives. */
  latest: T | undefined;
  /** Why the newest request failed. */
  failure: Failure | undefined;
  /** Whether a request is pending. */
  isLoading: boolean;
  progress: Progress | undefined;
}

interface QueryOptions {
  signal: AbortSignal;
  onProgress(progress: Progress): void;
}

interface State<T> {
  answer?: { key: string; version: unknown; value: T };
  failed?: { key: string; version: unknown; failure: Failure } | undefined;
  reported?: { key: string; progress: Progress } | undefined;
}

const NOT_ASKED = { value: undefined, failure: undefined, isLoading: false, progress: undefined };

/**
 * Sends a query to workers.
 * @param key all inputs of `ask`; undefined sends none
 * @param version sends the same query again if it changes
 */
export function useQuery<T>(
  key: string | undefined,
  ask: (workers: Workers, options: QueryOptions) => Promise<T>,
  version?: unknown,
): Query<T> {
  const { workers } = useStudioStore();
  const [state, setState] = useState<State<T>>({});
  useEffect(() => {
    if (key === undefined) return undefined;
    const abort = new AbortController();
    const put = (change: State<T>): void => {
      if (!abort.signal.aborted) setState((before) => ({ ...before, ...change }));
    };
    const onProgress = (progress: Progress): void => put({ reported: { key, progress } });
    ask(workers, { signal: abort.signal, onProgress }).then(
      (value) => put({ answer: { key, version, value }, failed: undefined, reported: undefined }),
      (error: unknown) => put({ failed: { key, version, failure: toFailure(error) }, reported: undefined }),
    );
    return () => abort.abort();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the key and the version are all that is asked
  }, [workers, key, version]);
  const { answer, failed, reported } = state;
  if (key === undefined) return { ...NOT_ASKED, latest: answer?.value };
  const isOf = (reply: { key: string; version: unknown } | undefined): boolean =>
    reply?.key === key && Object.is(reply.version, version);
  return {
    value: answer?.key === key ? answer.value : undefined,
    latest: answer?.value,
    failure: isOf(failed) ? failed?.failure : undefined,
    isLoading: !isOf(answer) && !isOf(failed),
    progress: reported?.key === key ? reported.progress : undefined,
  };
}

/**
 * Value of one call of the data worker.
 * @param input undefined sends no call
 * @param version calls again if it changes
 */
export const useWorkerValue = <M extends keyof DataApi>(
  method: M,
  input: DataApi[M]['input'] | undefined,
  version?: unknown,
): Query<DataApi[M]['output']> =>
  useQuery(
    input === undefined ? undefined : `${method} ${JSON.stringify(input)}`,
    ({ data }, { signal }) => data.call(method, input!, { signal }),
    version,
  );
