/** --device auto where there is no GPU: WASM, or an adapter that is software, whichever is measured to be faster. */
import { HomegrownError } from '../src/core/base/errors';
import { formatDuration } from '../src/core/base/units';
import type { Device } from '../src/core/train/device';
import type { Pace } from './pace';
import { openDevice } from './terminal';

/**
 * To be called while WASM is in use.
 * @param adapter what the adapter is called
 * @param measure a run on the device in use; null where none can be, or a step takes longer than `limit`, in milliseconds
 * @param time what a whole run takes by a pace, in milliseconds
 * @param most what it may take, in milliseconds
 * @returns the device, which is in use then, and why it is
 */
export async function fasterDevice(
  adapter: string,
  measure: (limit: number) => Promise<Pace | null>,
  time: (pace: Pace) => number,
  most: number,
): Promise<{ device: Device; why: string }> {
  const whole = (pace: Pace | null): number => (pace ? time(pace) : Infinity);
  const wasm = await orNull(measure(Infinity));
  const due = Math.min(most, whole(wasm));
  if (due < WORTH_A_TRY) {
    const why = `WASM is taken: the run needs about ${formatDuration(due)}, and to try ${adapter} might not pay.`;
    return { device: { kind: 'wasm' }, why };
  }
  const device = await openDevice('webgpu');
  const gpu = await orNull(measure(TRIED * due));
  const isFaster = whole(gpu) < whole(wasm);
  const told = (pace: Pace | null): string =>
    pace ? `takes ${formatDuration(pace.step)} a step` : 'made none in time';
  return {
    device: isFaster ? device : await openDevice('wasm'),
    why: `${isFaster ? adapter : 'WASM'} is faster here: WASM ${told(wasm)}, ${adapter} ${told(gpu)}.`,
  };
}
/** Milliseconds of a run, below which a second device is not opened. */
const WORTH_A_TRY = 60_000;
/** Of the run, until a second device that has made no steps is given up. */
const TRIED = 0.25;

/** A device that cannot run it is not the faster one. */
const orNull = (pace: Promise<Pace | null>): Promise<Pace | null> =>
  pace.catch((error: unknown) => {
    if (error instanceof HomegrownError) return null;
    throw error;
  });
