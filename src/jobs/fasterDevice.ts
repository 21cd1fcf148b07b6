/** --device auto where there is no GPU: WASM, or an adapter that is software, whichever is measured to be faster. */
import { HomegrownError } from '../core/base/errors';
import { formatDuration } from '../core/base/units';
import type { Device } from '../core/train/device';
import type { Pace } from './measuredPace';

/** Times are in milliseconds. */
export interface Trial {
  /** What the adapter is called. */
  adapter: string;
  open(kind: 'webgpu' | 'wasm'): Promise<Device>;
  /** A run on the device in use; fails where none can be, or a few steps take longer than `limit`. */
  measure(limit: number): Promise<Pace>;
  /** What the whole run takes by a pace. */
  time(pace: Pace): number;
  /** What it may take. */
  most: number;
}

/**
 * To be called while WASM is in use.
 * @returns the device, which is in use then, and why it is
 */
export async function fasterDevice(trial: Trial): Promise<{ device: Device; why: string }> {
  const { adapter, open, most } = trial;
  const whole = (pace: Pace | null): number => (pace ? trial.time(pace) : Infinity);
  const wasm = await measured(trial, Infinity);
  const due = Math.min(most, whole(wasm));
  if (due < WORTH_A_TRY) {
    const why = `Using WASM: the run takes about ${formatDuration(due)}, too short for ${adapter} to pay off.`;
    return { device: { kind: 'wasm' }, why };
  }
  const device = await open('webgpu');
  const gpu = await measured(trial, TRIED * due);
  const isFaster = whole(gpu) < whole(wasm);
  const told = (pace: Pace | null): string =>
    pace ? `takes ${formatDuration(pace.step)} per step` : 'none finished in time';
  return {
    device: isFaster ? device : await open('wasm'),
    why: `Using ${isFaster ? adapter : 'WASM'}, which is faster: WASM ${told(wasm)}, ${adapter} ${told(gpu)}.`,
  };
}
/** Milliseconds of a run, below which a second device is not opened: that and its kernels take about as long. */
const WORTH_A_TRY = 5000;
/** Of the run, until a second device that has made few steps is given up. */
const TRIED = 0.25;

/** Null where it failed: a device that cannot run it is not the faster one. */
async function measured({ measure }: Trial, limit: number): Promise<Pace | null> {
  try {
    return await measure(limit);
  } catch (error) {
    if (error instanceof HomegrownError) return null;
    throw error;
  }
}
