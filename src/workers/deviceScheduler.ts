/** Who has the device: a run that trains comes first, and others get turns between its steps. */
import { yieldToEventLoop, type Pause } from '../core/base/job';
import { currentGpu } from '../core/gpu/backend';
import type { TrainInput } from '../core/train/run';

/** Of the time that a run's own steps take, what others may take at most beside it. */
export const SHARE = 1 / 4;

type TrainPause = NonNullable<TrainInput['pause']>;

export interface DeviceScheduler {
  /** `run` has priority from the first time that it awaits its pause until it ends. */
  withPriority<T>(run: (pause: TrainPause) => Promise<T>): Promise<T>;
  /**
   * `work` beside whatever else there is, piece by piece: a piece is what it does until it awaits its pause again. While a run
   * trains, pieces go one at a time, between steps, as often as their time stays within its share of the steps'.
   */
  interleaved<T>(work: (pause: Pause) => Promise<T>): Promise<T>;
}

/** @param now milliseconds, monotonic */
export function deviceScheduler(now: () => number): DeviceScheduler {
  let isTraining = false;
  /** Who waits for a piece, in order. Each is given what to call at the end of the piece. */
  const waiting: ((end: () => void) => void)[] = [];
  const nothing = (): void => undefined;

  return {
    async withPriority(run) {
      /** Milliseconds that others may take; negative after a piece that took longer. */
      let left = 0;
      let since = now();
      try {
        return await run(async (settle) => {
          if (!isTraining) [isTraining, since] = [true, now()];
          if (waiting.length > 0) await settle(); // what others take is then measured alone
          left += SHARE * (now() - since);
          while (left > 0 && waiting.length > 0) {
            const began = now();
            const piece = new Promise<void>((end) => waiting.shift()!(end));
            await (currentGpu()?.orFailed(piece) ?? piece); // on a device that is lost a piece may never end
            await yieldToEventLoop();
            left -= now() - began;
          }
          left = Math.min(left, 0); // a share that nobody asked for is not saved up
          await yieldToEventLoop();
          since = now();
        });
      } finally {
        isTraining = false;
        for (const begin of waiting.splice(0)) begin(nothing);
      }
    },
    async interleaved(work) {
      let end = nothing;
      const turn = async (): Promise<void> => {
        // In the queue before the last piece ends, so that the next can follow at once.
        const begun = isTraining && new Promise<() => void>((begin) => waiting.push(begin));
        end();
        end = nothing;
        if (begun) end = await begun;
        else await yieldToEventLoop();
      };
      let ahead: Promise<void> | undefined;
      // Parts of the work that pause at once share a turn: one that waited for a second turn would keep the first from ending.
      const pause = (): Promise<void> => (ahead ??= turn().finally(() => (ahead = undefined)));
      try {
        await pause();
        return await work(pause);
      } finally {
        end();
      }
    },
  };
}
