/** Detects a run far over its planned time: the machine has become slower since its first steps. */
import { formatCount, formatDuration } from '../core/base/units';
import { millisecondsLeft } from './pace';
import type { RunLog } from './runLog';

/** Budget of a planned run. */
export interface Granted {
  runId: string;
  milliseconds: number;
  /** Planned steps. Whoever requests more steps grants more time. */
  steps: number;
}

interface Overdue {
  /** Duration of the whole run, at the pace of the last steps. */
  milliseconds: number;
  /** The length that ends in time, or soon after with room for the rate to decay; and its duration. */
  shorter: { steps: number; milliseconds: number };
}

/** @param of current number of all steps. Returns undefined if the run is about in time, or if that is unknown. */
export function overdue(log: RunLog, of: number, granted: Granted): Overdue | undefined {
  const left = millisecondsLeft(log, of);
  const [step, elapsed] = [log.step.at(-1), log.activeMs.at(-1)];
  if (left === undefined || step === undefined || elapsed === undefined || of > granted.steps) return undefined;
  if (step < MIN_STEPS || elapsed < MIN_SHARE * granted.milliseconds) return undefined;
  if (elapsed + left <= MAX_RATIO * granted.milliseconds) return undefined;
  const stepMs = left / (of - step);
  const stepsInTime = step + Math.floor((granted.milliseconds - elapsed) / stepMs);
  const steps = Math.max(twoDigits(stepsInTime), Math.ceil((1 + DECAY_SHARE) * step));
  if (steps >= of) return undefined;
  return { milliseconds: elapsed + left, shorter: { steps, milliseconds: elapsed + stepMs * (steps - step) } };
}

/** Maximum ratio of the expected to the planned time. */
const MAX_RATIO = 1.3;
/** Minimum number of steps for a reliable pace. */
const MIN_STEPS = 10;
/** Minimum share of the planned time for a reliable pace. */
const MIN_SHARE = 0.1;
/** Steps that the learning rate takes to decay, as a share of the steps so far. */
const DECAY_SHARE = 0.1;

/** Words with whole minutes, so that they change rarely. */
export const overdueWords = ({ milliseconds, shorter }: Overdue, granted: Granted): string =>
  `At this pace the run takes about ${coarse(milliseconds)}, not ${formatDuration(granted.milliseconds)}. ` +
  `Shortened to ${formatCount(shorter.steps)} steps, it ends after about ${coarse(shorter.milliseconds)} and learns less.`;

/** Milliseconds. */
const MINUTE = 60_000;
const coarse = (milliseconds: number): string =>
  formatDuration(milliseconds < MINUTE ? milliseconds : MINUTE * Math.round(milliseconds / MINUTE));

/** `1,449` becomes `1,400`: a label that changes constantly is hard to press. */
function twoDigits(steps: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, steps))) - 1);
  return unit * Math.floor(steps / unit);
}
