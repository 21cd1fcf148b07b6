/** Tick values on the round numbers 1, 2 and 5. */
import { earlyPlace } from './scale';

/** Step of 1, 2 or 5 times a power of ten that gives about `count` intervals. */
export function roundStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  const decade = 10 ** Math.floor(Math.log10(rough));
  const digit = rough / decade;
  return decade * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
}

export function linearTicks(min: number, max: number, count: number): number[] {
  if (!(max > min)) return [min];
  const step = roundStep(max - min, count);
  const ticks = [];
  for (let n = Math.ceil(min / step - 1e-9); n * step <= max + step * 1e-9; n++) ticks.push(tidy(n * step));
  return ticks;
}

/** 1-2-5 ticks in each decade. If too many, only every n-th decade; if fewer than three, linear ticks. */
export function logTicks(min: number, max: number, maxTicks: number): number[] {
  const first = Math.floor(Math.log10(min));
  const last = Math.ceil(Math.log10(max));
  const pick = (digits: readonly number[]): number[] => {
    const ticks = [];
    for (let decade = first; decade <= last; decade++) {
      for (const digit of digits) ticks.push(tidy(digit * 10 ** decade));
    }
    return ticks.filter((tick) => tick >= min && tick <= max);
  };
  const fine = pick([1, 2, 5]);
  if (fine.length < 3) return linearTicks(min, max, Math.min(4, maxTicks));
  if (fine.length <= maxTicks) return fine;
  const decades = pick([1]);
  const interval = Math.ceil(decades.length / Math.max(1, maxTicks));
  return decades.filter((_, i) => i % interval === 0);
}

/** Steps 0, 10, 20, 50, 100 and so on, and the last, at least `room`, a share of the axis, apart. */
export function earlyTicks(max: number, room: number): number[] {
  const share = (step: number): number => earlyPlace(step) / earlyPlace(max);
  const ticks = [0];
  for (let decade = 10; decade < max; decade *= 10)
    for (const step of [decade, 2 * decade, 5 * decade])
      if (share(step) - share(ticks.at(-1)!) >= room && 1 - share(step) >= room) ticks.push(step);
  return [...ticks, max];
}

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18_000, 36_000, 86_400];
/** Ticks in seconds, at round seconds, minutes and hours. */
export function timeTicks(max: number, count: number): number[] {
  const step = TIME_STEPS.find((candidate) => max / candidate <= count) ?? roundStep(max, count);
  const ticks = [];
  for (let seconds = 0; seconds <= max * (1 + 1e-9); seconds += step) ticks.push(seconds);
  return ticks;
}

/** Removes rounding errors of binary fractions. */
const tidy = (value: number): number => Number(value.toPrecision(12));
