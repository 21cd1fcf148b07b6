/** How page and worker speak: one call, many progress values, one result or one failure; a signal stops the work. */
import type { Failure } from '../core/base/errors';

/** A contract: for each method what goes in, what is told on the way, and what comes out. */
export type Api<A> = { [M in keyof A]: { input: unknown; progress: unknown; output: unknown } };

export type Reply<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/**
 * What a worker exposes through comlink. `stop` closes or says anything: the work is to end at its next boundary.
 * What `report` returns resolves once the page has taken the progress in.
 */
export interface Served<A extends Api<A>> {
  call<M extends keyof A>(
    method: M,
    input: A[M]['input'],
    report: (progress: A[M]['progress']) => unknown,
    stop: MessagePort,
  ): Promise<Reply<A[M]['output']>>;
}
