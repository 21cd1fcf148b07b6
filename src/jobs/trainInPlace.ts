/** Trains a run and saves it in its place: the app's store, or a folder of the terminal. */
import { explained } from '../core/gpu/backend';
import { train } from '../core/train/train';
import type { TrainEvent, TrainInput, TrainOutcome } from '../core/train/run';
import { withMemoryAdvice } from './outOfMemory';

export interface RunPlace extends Pick<TrainInput, 'save' | 'keepBest' | 'light'> {
  /** Stores an event, or keeps it for the next save. */
  event(event: TrainEvent): void;
  /** Stores the end of a run. Early stopping counts as finished. */
  finish(outcome: TrainOutcome): Promise<void>;
  /** Stores that the run failed. */
  fail(): Promise<void>;
  /** Releases the place; events that are still kept are stored. */
  close(): Promise<void>;
  /** What else a person can do if memory ran out. */
  memoryAdvice?: string;
}

/** @throws HomegrownError: a failure of the device by its cause, and out of memory with the plan's bytes and advice */
export async function trainInPlace(
  place: RunPlace,
  input: Omit<TrainInput, 'save' | 'keepBest' | 'light'>,
  signal: AbortSignal,
): Promise<TrainOutcome> {
  const { model, recipe, trainable } = input;
  try {
    const { save, keepBest, light } = place;
    const saves = { save, ...(keepBest && { keepBest }), ...(light && { light }) };
    const outcome = await train({ ...input, ...saves }, { signal, report: (event) => place.event(event) });
    await place.finish(outcome);
    return outcome;
  } catch (thrown) {
    const error = await explained(thrown);
    // A failure to store the failure must not hide it.
    await place.fail().catch(() => undefined);
    throw withMemoryAdvice(error, { model, recipe, trainable }, place.memoryAdvice);
  } finally {
    await place.close();
  }
}
