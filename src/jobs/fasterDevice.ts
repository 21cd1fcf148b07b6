/** Chooses between WASM and a software GPU by measuring both. */
import { HomegrownError } from '../core/base/errors';
import { formatDuration } from '../core/base/units';
import type { Device } from '../core/train/device';
import type { Pace } from './measuredPace';

/** Times are in milliseconds. */
interface Trial {
  /** Name of the adapter. */
  adapter: string;
  open(kind: 'webgpu' | 'wasm'): Promise<Device>;
  /** Measures a run on the device in use; fails if it can't run there, or a few steps exceed `limit`. */
  measure(limit: number): Promise<Pace>;
  /** Time of the whole run at a pace. */
  time(pace: Pace): number;
  /** Time limit of the run. */
  maxMs: number;
}

/**
 * Call it while WASM is in use.
 * @returns the device, which is then in use, and why
 */
export async function fasterDevice(trial: Trial): Promise<{ device: Device; why: string }> {
  const { adapter, open, maxMs } = trial;
  const totalTime = (pace: Pace | null): number => (pace ? trial.time(pace) : Infinity);
  const wasm = await measureOrNull(trial, Infinity);
  const expectedMs = Math.min(maxMs, totalTime(wasm));
  if (expectedMs < MIN_COMPARED_MS) {
    const why = `Using WASM: the run takes about ${formatDuration(expectedMs)}, too short for ${adapter} to pay off.`;
    return { device: { kind: 'wasm' }, why };
  }
  const device = await open('webgpu');
  const gpu = await measureOrNull(trial, MAX_TRIAL_SHARE * expectedMs);
  const isFaster = totalTime(gpu) < totalTime(wasm);
  const paceWords = (pace: Pace | null): string =>
    pace ? `takes ${formatDuration(pace.step)} per step` : 'none finished in time';
  return {
    device: isFaster ? device : await open('wasm'),
    why: `Using ${isFaster ? adapter : 'WASM'}, which is faster: WASM ${paceWords(wasm)}, ${adapter} ${paceWords(gpu)}.`,
  };
}
/** Shorter runs, in milliseconds, don't open a second device: opening and compiling take about as long. */
const MIN_COMPARED_MS = 5000;
/** Share of the run's time after which a slow second device is given up. */
const MAX_TRIAL_SHARE = 0.25;

/** Null if it failed: such a device isn't the faster one. */
async function measureOrNull({ measure }: Trial, limit: number): Promise<Pace | null> {
  try {
    return await measure(limit);
  } catch (error) {
    if (error instanceof HomegrownError) return null;
    throw error;
  }
}
