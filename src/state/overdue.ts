/** A run that takes much longer than the time that it was planned for: the machine has become slower since its first steps. */
import { formatCount, formatDuration } from '../core/base/units';
import { millisecondsLeft } from './pace';
import type { RunLog } from './runLog';

/** What a run by a plan was given. */
export interface Granted {
  runId: string;
  milliseconds: number;
  /** That were to fit. Who asks for more of them has granted more time. */
  steps: number;
}

interface Overdue {
  /** All of it, at the pace of the last steps. */
  milliseconds: number;
  /** The length that ends in the time, or as soon after it as the rate can fall to its end; and when that is. */
  shorter: { steps: number; milliseconds: number };
}

/** @param of steps in all, as it is now. Undefined where it ends about in its time, and while that is not known. */
export function overdue(log: RunLog, of: number, granted: Granted): Overdue | undefined {
  const left = millisecondsLeft(log, of);
  const [step, taken] = [log.step.at(-1), log.activeMs.at(-1)];
  if (left === undefined || step === undefined || taken === undefined || of > granted.steps) return undefined;
  if (step < MIN_STEPS || taken < KNOWN * granted.milliseconds) return undefined;
  if (taken + left <= MUCH * granted.milliseconds) return undefined;
  const each = left / (of - step);
  const fits = step + Math.floor((granted.milliseconds - taken) / each);
  const steps = Math.max(twoDigits(fits), Math.ceil((1 + FALLING) * step));
  if (steps >= of) return undefined;
  return { milliseconds: taken + left, shorter: { steps, milliseconds: taken + each * (steps - step) } };
}

/** Times as long. */
const MUCH = 1.3;
/** Before that a pace says little. */
const MIN_STEPS = 10;
const KNOWN = 0.1;
/** Share of the steps that were made, over which the rate still falls. */
const FALLING = 0.1;

/** Whole minutes, so that a reader sees the same words for a while. */
export const overdueWords = ({ milliseconds, shorter }: Overdue, granted: Granted): string =>
  `At this pace the run takes about ${coarse(milliseconds)}, not ${formatDuration(granted.milliseconds)}. ` +
  `Shortened to ${formatCount(shorter.steps)} steps, it ends after about ${coarse(shorter.milliseconds)} and learns less.`;

const MINUTE = 60_000;
const coarse = (milliseconds: number): string =>
  formatDuration(milliseconds < MINUTE ? milliseconds : MINUTE * Math.round(milliseconds / MINUTE));

/** `1,449` becomes `1,400`: a number that changes at each look can't be pressed. */
function twoDigits(steps: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, steps))) - 1);
  return unit * Math.floor(steps / unit);
}
