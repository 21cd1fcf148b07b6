import type { RunLog } from './runLog';

/** Number of steps that the pace is averaged over. */
const WINDOW = 50;

/** Milliseconds of training until step `of`, at the pace of the last steps; undefined while that is unknown. */
export function millisecondsLeft({ step, activeMs }: RunLog, of: number): number | undefined {
  const last = step.length - 1;
  const first = Math.max(0, last - WINDOW);
  if (last <= first) return undefined;
  const steps = step[last]! - step[first]!;
  return (Math.max(0, of - step[last]!) * (activeMs[last]! - activeMs[first]!)) / steps;
}
