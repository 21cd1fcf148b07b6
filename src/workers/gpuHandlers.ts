/** Handlers of the GPU worker: one run trains on the device, concurrent with the use of any run's models. */
import type { BlobStore } from '../core/base/blobStore';
import { inProcess } from '../core/documents/guard/readers';
import type { DeviceKind } from '../core/train/run';
import { begin, fork, resume, trial } from '../jobs/train';
import type { DeviceInfo, GpuApi } from '../protocol/gpu';
import { holdData, holdingRun, unlessDataHeld } from '../storage/lock';
import { answerStoppedRun } from './asking';
import { GpuWork, stoppable } from './gpuWork';
import { modelHandlers } from './modelHandlers';
import type { Handlers } from './serve';

/**
 * @param open opens a device, or a new one of the same kind after a failure
 * @param readers runs readers of files
 */
export function gpuHandlers(
  store: Promise<BlobStore>,
  open: (kind: DeviceKind | 'auto') => Promise<DeviceInfo>,
  readers = inProcess,
): Handlers<GpuApi> {
  const gpu = new GpuWork(store, open);
  return {
    device: ({ kind }) => gpu.changeDevice(kind),
    begin: (input, job) => gpu.train(input.runId, job, (place, between) => begin(place, input, job, between)),
    fork: (input, job) => gpu.train(input.runId, job, (place, between) => fork(place, input, job, between)),
    // Loaded when a run is first tuned.
    tune: (input, job) =>
      gpu.train(input.runId, job, async (place, between) =>
        (await import('../jobs/tune')).tune({ ...place, guard: DATA_GUARD }, input, job, between),
      ),
    resume: (input, job) => gpu.train(input.runId, job, (place, between) => resume(place, input, job, between)),
    async trial(input) {
      return { step: await gpu.tryRun((blobs) => trial(blobs, input)) };
    },
    async ask({ runId, asked }, { signal }) {
      if (gpu.isTraining(runId)) {
        gpu.request(asked);
        return [];
      }
      return holdingRun(runId, () =>
        gpu.withModel({ runId, which: 'latest' }, signal, async (model, ended, pause) =>
          answerStoppedRun(await store, model, asked, stoppable(pause, ended)),
        ),
      );
    },
    ...modelHandlers(store, gpu, readers),
  };
}

const DATA_GUARD = { hold: holdData, unlessHeld: unlessDataHeld };
