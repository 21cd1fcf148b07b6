/** Calls between page and worker: one input, progress values, one result or failure; a signal stops the work. */
import type { Failure } from '../core/base/errors';

/** A contract: input, progress and output of each method. */
export type Api<A> = { [M in keyof A]: { input: unknown; progress: unknown; output: unknown } };

export type Reply<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/**
 * Interface of a worker through comlink. If `stop` closes or sends a message, the work ends at its next boundary. The
 * promise of `report` resolves once the page has handled the progress.
 */
export interface Served<A extends Api<A>> {
  call<M extends keyof A>(
    method: M,
    input: A[M]['input'],
    report: (progress: A[M]['progress']) => unknown,
    stop: MessagePort,
  ): Promise<Reply<A[M]['output']>>;
}
