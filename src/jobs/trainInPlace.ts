/** Trains a run and saves it in its place: the app's store, or a folder of the terminal. */
import { explained } from '../core/gpu/backend';
import { train } from '../core/train/train';
import type { TrainEvent, TrainInput, TrainOutcome } from '../core/train/run';
import { type PlannedRun, withMemoryAdvice } from './outOfMemory';

/** `End`: what the place holds after the last step. */
export interface RunPlace<End> extends Pick<TrainInput, 'save' | 'keepBest' | 'light'> {
  /** The run whose memory was planned, for advice if memory runs out. */
  planned: PlannedRun;
  /** Further advice if memory runs out. */
  memoryAdvice?: string;
  /** Stores an event, or keeps it for the next save. */
  event(event: TrainEvent): void;
  /** Stores the end of a run. Early stopping counts as finished. */
  finish(outcome: TrainOutcome): Promise<End>;
  /** Stores that the run failed. */
  fail(): Promise<void>;
  /** Releases the place; events that are still kept are stored. */
  close(): Promise<void>;
}

export type TrainingData = Omit<TrainInput, 'save' | 'keepBest' | 'light'>;

/**
 * @param read returns everything that training reads
 * @throws HomegrownError: a failure of the device by its cause, and out of memory with the plan's bytes and advice
 */
export async function trainInPlace<End>(
  place: RunPlace<End>,
  read: () => TrainingData | Promise<TrainingData>,
  signal: AbortSignal,
): Promise<End> {
  try {
    const { save, keepBest, light } = place;
    const saves = { save, ...(keepBest && { keepBest }), ...(light && { light }) };
    const report = (event: TrainEvent): void => place.event(event);
    return await place.finish(await train({ ...(await read()), ...saves }, { signal, report }));
  } catch (thrown) {
    const error = await explained(thrown);
    // A failure to store the failure must not hide it.
    await place.fail().catch(() => undefined);
    throw withMemoryAdvice(error, place.planned, place.memoryAdvice);
  } finally {
    await place.close();
  }
}
