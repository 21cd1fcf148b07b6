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

export interface Overdue {
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
  if (step < LEAST_STEPS || taken < KNOWN * granted.milliseconds) return undefined;
  if (taken + left <= MUCH * granted.milliseconds) return undefined;
  const each = left / (of - step);
  const fits = step + Math.floor((granted.milliseconds - taken) / each);
  const steps = Math.max(fits, Math.ceil((1 + FALLING) * step));
  if (steps >= of) return undefined;
  return { milliseconds: taken + left, shorter: { steps, milliseconds: taken + each * (steps - step) } };
}

/** Times as long. */
const MUCH = 1.3;
/** Before that a pace says little. */
const LEAST_STEPS = 10;
const KNOWN = 0.1;
/** Share of the steps that were made, over which the rate still falls. */
const FALLING = 0.1;

export const overdueWords = ({ milliseconds, shorter }: Overdue, granted: Granted): string =>
  `The run would take ${formatDuration(milliseconds)}, not the planned ${formatDuration(granted.milliseconds)}: this ` +
  `machine has become slower. With ${formatCount(shorter.steps)} steps it ends after ${formatDuration(shorter.milliseconds)}, ` +
  'its learning rate falls sooner, and it learns less.';
