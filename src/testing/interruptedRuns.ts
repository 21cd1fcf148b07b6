/** Interrupts a tuning run at a step that the test chooses, regardless of the device's speed. */
import type { TuneInput } from '../protocol/gpu';
import type { BlobStore, Change } from '../core/base/blobStore';
import { CHUNKS, MANIFESTS, stepOf } from '../core/checkpoint/head';
import type { TrainOutcome } from '../core/train/run';
import { halvesOver, testStudio } from './behindChannels';

const putsSince =
  (step: number) =>
  ({ put = [] }: Change): boolean =>
    [...put].some(
      ([key]) => (key.startsWith(CHUNKS) || key.startsWith(MANIFESTS)) && stepOf(key.split('/')[2]!) >= step,
    );

/** Stops the run while it saves `step`: the save waits until the worker has the stop. */
export async function stopWhileSaving(store: BlobStore, step: number, input: TuneInput): Promise<TrainOutcome> {
  const stop = new AbortController();
  let arrive = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const isLate = putsSince(step);
  const delayedStore: BlobStore = {
    ...store,
    async commit(change) {
      if (isLate(change)) {
        stop.abort();
        await arrived;
      }
      return store.commit(change);
    },
  };
  const halves = halvesOver(delayedStore);
  const { tune } = halves.gpu;
  halves.gpu.tune = (request, job) => {
    job.signal.addEventListener('abort', arrive);
    return tune(request, job);
  };
  const studio = testStudio(delayedStore, halves);
  try {
    return await studio.gpu.call('tune', input, { signal: stop.signal });
  } finally {
    studio.close();
  }
}

/** Ends the run's tab before it saves `step`, so that nothing more is written. */
export async function endBeforeSaving(store: BlobStore, step: number, input: TuneInput): Promise<void> {
  let isEnded = false;
  const isLate = putsSince(step);
  const ended = new Error('the tab has ended');
  const ending: BlobStore = {
    ...store,
    commit(change) {
      isEnded ||= isLate(change);
      return isEnded ? Promise.reject(ended) : store.commit(change);
    },
  };
  const studio = testStudio(ending);
  const hasFailed = await studio.gpu.call('tune', input).then(
    () => false,
    () => true,
  );
  studio.close();
  if (!hasFailed) throw new Error(`The run ended before it saved step ${step}.`);
}
