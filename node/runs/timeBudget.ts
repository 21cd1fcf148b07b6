/** Time budget of a whole command. */
import { badSettings } from '../../src/core/base/errors';
import { formatDuration } from '../../src/core/base/units';
import type { TrainInput } from '../../src/core/train/run';
import { measurePace, type Pace, stepsIn, timeOf } from '../../src/jobs/measuredPace';
import { END_MS, PLANNED_SHARE } from '../../src/jobs/timedLength';

/** Start in milliseconds since 1970: of scripts/cli.mjs, if that started this process. */
const STARTED_AT = Number(process.env['HOMEGROWN_BEGAN'] ?? performance.timeOrigin);
delete process.env['HOMEGROWN_BEGAN']; // Processes that this one starts begin later.

/** Limit of timers: 2 ** 31 ms. */
export const MAX_MINUTES = 30_000;

/** Milliseconds that are left. */
export const leftOf = (minutes: number): number => STARTED_AT + 60_000 * minutes - Date.now();

export interface Fit {
  /** Number of all steps. */
  steps: number;
  pace: Pace;
}

/**
 * Returns the number of steps that fit into the remaining time.
 * @throws HomegrownError `bad-settings` if no step fits
 */
export async function fit(input: TrainInput, minutes: number, signal: AbortSignal): Promise<Fit> {
  const startStep = input.from?.state.step ?? 0;
  const pace = await measurePace(input, Math.min(MAX_TRIAL_MS, TRIAL_SHARE * 60_000 * minutes), signal);
  const remainingMs = leftOf(minutes) - END_MS;
  const steps = stepsIn(PLANNED_SHARE * remainingMs, pace, input.recipe, startStep);
  if (steps > startStep) return { steps, pace };
  const needed =
    Date.now() - STARTED_AT + END_MS + timeOf(pace, input.recipe, startStep, startStep + 1) / PLANNED_SHARE;
  throw badSettings(
    `${minutes} minutes are too short: one step with its evaluations and saves takes ${formatDuration(needed)} here.`,
    'Raise --minutes, or use a smaller model, batch or context.',
  );
}
/** Share of the time for the trial. */
const TRIAL_SHARE = 0.05;
const MAX_TRIAL_MS = 5000;

/** Aborts when only the time of a stop is left, in case the machine became slower: a stop saves, evaluates and saves. */
export function over(minutes: number, { step, evaluate, save }: Pace): AbortSignal {
  const end = new AbortController();
  setTimeout(() => end.abort(), Math.max(0, leftOf(minutes) - END_MS - step - evaluate - 2 * save)).unref();
  return end.signal;
}
