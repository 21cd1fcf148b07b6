/** A piece of work that a page waits for: one value, so that "busy and failed" cannot be written down. */
import { toFailure, type Failure } from '../core/base/errors';
import type { Progress } from '../core/base/job';

export type Work =
  | { kind: 'idle' }
  | { kind: 'busy'; progress: Progress | null; since: number; stop(): void }
  | { kind: 'failed'; failure: Failure };

export const IDLE: Work = { kind: 'idle' };

/**
 * Runs `job` and keeps `set` told. Resolves with its value, or undefined when it failed or was stopped:
 * a stop leaves no failure behind, since it was asked for.
 */
export async function work<T>(
  set: (work: Work) => void,
  now: () => number,
  job: (options: { signal: AbortSignal; onProgress(progress: Progress): void }) => Promise<T>,
): Promise<T | undefined> {
  const abort = new AbortController();
  const busy = (progress: Progress | null): Work => ({ kind: 'busy', progress, since, stop: () => abort.abort() });
  const since = now();
  set(busy(null));
  try {
    const value = await job({ signal: abort.signal, onProgress: (progress) => set(busy(progress)) });
    set(IDLE);
    return value;
  } catch (error) {
    set(abort.signal.aborted ? IDLE : { kind: 'failed', failure: toFailure(error) });
    return undefined;
  }
}

/** Seconds left by the pace so far; undefined while it cannot be known. */
export function secondsLeft(work: Work, now: number): number | undefined {
  if (work.kind !== 'busy' || !work.progress?.of || work.progress.done <= 0) return undefined;
  const { done, of } = work.progress;
  return (((now - work.since) / 1000) * (of - done)) / done;
}
