/** Schedules the device: a training run has priority, and other work runs between its steps. */
import { yieldToEventLoop, type Pause } from '../core/base/job';
import { currentGpu } from '../core/gpu/backend';
import type { TrainInput } from '../core/train/run';

/** Largest share of a run's step time that other work may add. */
export const SHARE = 1 / 4;

type TrainPause = NonNullable<TrainInput['pause']>;

interface DeviceScheduler {
  /** `run` has priority from its first pause until it ends. */
  withPriority<T>(run: (pause: TrainPause) => Promise<T>): Promise<T>;
  /**
   * Runs `work` in pieces; a piece ends when it awaits its pause. While a run trains, pieces run one at a time between steps,
   * within their share of the step time.
   */
  interleaved<T>(work: (pause: Pause) => Promise<T>): Promise<T>;
}

/** @param now milliseconds, monotonic */
export function deviceScheduler(now: () => number): DeviceScheduler {
  let isTraining = false;
  /** Waiting pieces, in order. Each receives a function to call at its end. */
  const waiting: ((end: () => void) => void)[] = [];
  const noop = (): void => undefined;

  return {
    async withPriority(run) {
      /** Milliseconds that other work may take; negative after a piece that took too long. */
      let allowance = 0;
      let lastPauseAt = now();
      try {
        return await run(async (settle) => {
          if (!isTraining) [isTraining, lastPauseAt] = [true, now()];
          if (waiting.length > 0) await settle(); // so that the time of other jobs is measured alone
          allowance += SHARE * (now() - lastPauseAt);
          while (allowance > 0 && waiting.length > 0) {
            const startedAt = now();
            const piece = new Promise<void>((end) => waiting.shift()!(end));
            await (currentGpu()?.orFailed(piece) ?? piece); // on a device that is lost a piece may never end
            await yieldToEventLoop();
            allowance -= now() - startedAt;
          }
          allowance = Math.min(allowance, 0); // an unused share doesn't accumulate
          await yieldToEventLoop();
          lastPauseAt = now();
        });
      } finally {
        isTraining = false;
        for (const startPiece of waiting.splice(0)) startPiece(noop);
      }
    },
    async interleaved(work) {
      let end = noop;
      const turn = async (): Promise<void> => {
        // Queued before the last piece ends, so that the next one follows at once.
        const pieceStart = isTraining && new Promise<() => void>((startPiece) => waiting.push(startPiece));
        end();
        end = noop;
        if (pieceStart) end = await pieceStart;
        else await yieldToEventLoop();
      };
      let nextTurn: Promise<void> | undefined;
      // Parts that pause at the same time share a turn: a second turn would keep the first from ending.
      const pause = (): Promise<void> => (nextTurn ??= turn().finally(() => (nextTurn = undefined)));
      try {
        await pause();
        return await work(pause);
      } finally {
        end();
      }
    },
  };
}
