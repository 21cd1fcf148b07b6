/** Work that a page waits for, as one value, so that "busy and failed" can't be expressed. */
import { toFailure, type Failure } from '../core/base/errors';
import type { Progress } from '../core/base/job';
import { formatBytes, formatCount, formatDuration } from '../core/base/units';

export type Work =
  | { kind: 'idle' }
  /** `since` and `at`: times of the start and of the last report, in milliseconds since 1970. */
  | { kind: 'busy'; progress: Progress | null; since: number; at: number; stop(): void }
  | { kind: 'failed'; failure: Failure };

/** The caller can stop work and follow its progress. */
export interface Watched {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

export const IDLE: Work = { kind: 'idle' };

/**
 * Runs `job` and reports its state to `set`. Resolves with its value, or undefined after a failure or a stop. A stop
 * leaves no failure, since it was requested.
 */
export async function work<T>(
  set: (work: Work) => void,
  now: () => number,
  job: (options: { signal: AbortSignal; onProgress(progress: Progress): void }) => Promise<T>,
): Promise<T | undefined> {
  const abort = new AbortController();
  const since = now();
  const busy = (progress: Progress | null): Work => ({
    kind: 'busy',
    progress,
    since,
    at: now(),
    stop: () => abort.abort(),
  });
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

/** Seconds left at the average pace, as of the last report or of `now`; undefined while unknown. */
function secondsLeft(work: Work, now?: number): number | undefined {
  if (work.kind !== 'busy' || !work.progress?.of || work.progress.done <= 0) return undefined;
  const { done, of } = work.progress;
  return ((((now ?? work.at) - work.since) / 1000) * (of - done)) / done;
}

/** Busy work as a bar and its words: `3.1 of 4.6 MB, 2 s left`. */
export function describeWork(work: Work): { label: string; detail: string; value: number; max: number } | undefined {
  if (work.kind !== 'busy') return undefined;
  const { progress } = work;
  if (!progress) return { label: 'Starting', detail: '', value: 0, max: 1 };
  const { label, done, of } = progress;
  const left = secondsLeft(work);
  const detail = [amount(progress), left !== undefined && `${formatDuration(1000 * Math.ceil(left))} left`];
  return { label, detail: detail.filter(Boolean).join(', '), value: done, max: of ?? 0 };
}

/** `608 of 767 merges`, without a unit that the label contains. */
function amount({ label, done, of, unit }: Progress): string {
  if (unit === 'bytes') return of === undefined ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(of)}`;
  const counted = of === undefined ? formatCount(done) : `${formatCount(done)} of ${formatCount(of)}`;
  return label.includes(unit) ? counted : `${counted} ${unit}`;
}
