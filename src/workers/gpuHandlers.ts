/** Handlers of the GPU worker: one run trains on the device, concurrent with the use of any run's models. */
import type { BlobStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import type { Job, Pause } from '../core/base/job';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import { inProcess } from '../core/documents/guard/readers';
import { explained, gpuHasFailed } from '../core/gpu/backend';
import { wasmHasFailed } from '../core/gpu/wasm';
import type { EvaluationJob } from '../core/evaluate/evaluate';
import type { Asked, DeviceKind, TrainOutcome } from '../core/train/run';
import { begin, type BetweenSteps, fork, type JobPlace, resume, type RunJob, trial } from '../jobs/train';
import { type DeviceInfo, type GpuApi, recordedDevice } from '../protocol/gpu';
import { holdData, holdingRun, unlessDataHeld } from '../storage/lock';
import { answerStoppedRun } from './asking';
import { evaluate, referenceOf } from '../jobs/measureStep';
import type { LoadedModel } from '../jobs/loadedModel';
import { modelsOf } from './models';
import { fillBlanks, writeText } from '../jobs/sample';
import type { Handlers } from './serve';
import { deviceScheduler } from './deviceScheduler';

/**
 * @param open opens a device, or a new one of the same kind after a failure
 * @param readers runs readers of files
 */
export function gpuHandlers(
  store: Promise<BlobStore>,
  open: (kind: DeviceKind | 'auto') => Promise<DeviceInfo>,
  readers = inProcess,
): Handlers<GpuApi> {
  const models = modelsOf(store);
  const { withPriority, interleaved } = deviceScheduler(() => performance.now());
  let device: Promise<DeviceInfo> | undefined;
  /** The training run. */
  let training: string | undefined;
  /** Requests to answer between its steps. */
  let asked: Asked[] = [];
  /** Concurrent jobs to cancel; each resolves when it has ended. */
  const underway = new Map<AbortController, Promise<unknown>>();

  /** The device; a new one if the GPU was lost or refused a call, or WASM's heap broke. */
  async function opened(): Promise<DeviceInfo> {
    const info = await (device ??= open('auto'));
    if (!deviceHasFailed()) return info;
    models.retire();
    device = open(info.kind);
    try {
      return await device;
    } catch (error) {
      device = Promise.resolve(info); // the next request may find it again
      if (info.kind !== 'webgpu' || !(error instanceof HomegrownError) || error.code !== 'bad-settings') throw error;
      throw new HomegrownError('device-gone', 'The GPU was lost, and the browser gives this page no new one');
    }
  }

  /** Runs one run at a time, with priority on the device. */
  async function train(
    runId: string,
    job: RunJob,
    run: (place: JobPlace, between: BetweenSteps) => Promise<TrainOutcome>,
  ): Promise<TrainOutcome> {
    if (training !== undefined) throw busy('start another');
    training = runId;
    try {
      job.report([{ kind: 'compiling' }]);
      const device = recordedDevice(await opened());
      models.retire(); // the run may need its memory
      const place = { store: await store, device };
      return await withPriority((pause) => holdingRun(runId, () => run(place, { pause, asked: () => asked.shift() })));
    } finally {
      training = undefined;
      asked = [];
    }
  }

  /** Work that ends with the signal or the device. While a run trains, no unused model stays on the device. */
  async function concurrent<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const end = (): void => abort.abort();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    const done = opened().then(() => work(abort.signal));
    underway.set(abort, done);
    try {
      return await done;
    } catch (error) {
      throw await explained(error);
    } finally {
      underway.delete(abort);
      signal.removeEventListener('abort', end);
      if (training !== undefined) models.retire();
    }
  }

  /** Uses a saved step of any run, even while another one trains. */
  const withModel = <T>(
    { runId, which }: { runId: string; which: WhichSnapshot },
    signal: AbortSignal,
    work: (model: LoadedModel, signal: AbortSignal, pause: Pause) => Promise<T>,
  ): Promise<T> =>
    concurrent(signal, (ended) =>
      models.use(runId, which, (model) => interleaved((pause) => work(model, ended, pause))),
    );

  /** Work that reports and stops between its pieces, each in its turn on the device. */
  const evaluating = <T>(
    of: { runId: string; which: WhichSnapshot },
    { signal, report }: Job,
    work: (model: LoadedModel, job: EvaluationJob) => Promise<T>,
  ): Promise<T> =>
    withModel(of, signal, (model, ended, turn) => {
      const pause = async (): Promise<void> => {
        ended.throwIfAborted();
        await turn();
      };
      return work(model, { signal: ended, report, pause });
    });

  return {
    async device({ kind }) {
      if (training !== undefined) throw busy('change the device');
      for (const abort of underway.keys()) abort.abort();
      // On a failed device some work never ends; it isn't awaited.
      if (deviceHasFailed()) models.retire();
      else {
        await Promise.allSettled(underway.values());
        await models.unload();
      }
      // TensorFlow.js has one backend at a time: a second choice waits until the first has been measured.
      device = Promise.resolve(device).then(
        () => open(kind),
        () => open(kind),
      );
      return device;
    },
    begin: (input, job) => train(input.runId, job, (place, between) => begin(place, input, job, between)),
    fork: (input, job) => train(input.runId, job, (place, between) => fork(place, input, job, between)),
    // Loaded when a run is first tuned.
    tune: (input, job) =>
      train(input.runId, job, async (place, between) =>
        (await import('../jobs/tune')).tune({ ...place, guard: DATA_GUARD }, input, job, between),
      ),
    resume: (input, job) => train(input.runId, job, (place, between) => resume(place, input, job, between)),
    async trial(input) {
      if (training !== undefined) throw busy('try another');
      training = TRIAL;
      try {
        await opened();
        models.retire();
        return { step: await withPriority(async () => trial(await store, input)) };
      } catch (error) {
        throw await explained(error);
      } finally {
        training = undefined;
      }
    },
    async ask({ runId, asked: what }, { signal }) {
      if (training === runId) {
        asked.push(what);
        return [];
      }
      return holdingRun(runId, () =>
        withModel({ runId, which: 'latest' }, signal, async (model, ended, pause) =>
          answerStoppedRun(await store, model, what, async () => {
            ended.throwIfAborted();
            await pause();
          }),
        ),
      );
    },
    generate: (input, { signal, report }) =>
      withModel(input, signal, (model, ended, pause) => writeText(model, input, { signal: ended, report }, pause)),
    fill: (input, { signal }) => withModel(input, signal, (model) => fillBlanks(model, input)),
    // Loaded when a classifier is first used.
    classify: (input, job) =>
      evaluating(input, job, async (model, own) =>
        (await import('../jobs/classify')).classifyTexts(await store, model, input, own),
      ),
    decided: (input, { signal }) =>
      evaluating(input, { signal, report: () => undefined }, async (model, own) =>
        (await import('../jobs/classify')).decidedBy(await store, model, input, own),
      ),
    classifyFile: (input, job) =>
      evaluating(input, job, async (model, own) =>
        (await import('../jobs/classify')).classifyFile(await store, model, input, readers, own),
      ),
    toLabel: (input, job) =>
      evaluating(input, job, async (model, own) =>
        (await import('../jobs/classify')).toLabel(await store, model, input, own),
      ),
    evaluate: (input, { signal }) =>
      withModel(input, signal, async (model, ended, pause) =>
        evaluate(await store, model, input, async () => {
          ended.throwIfAborted();
          await pause();
        }),
      ),
    // Loaded when first needed.
    evaluation: (input, job) =>
      evaluating(input, job, async (model, own) =>
        (await import('../jobs/evaluate')).evaluateStep(await store, model, input, own),
      ),
    lists: (input, job) =>
      evaluating(input, job, async (model, own) =>
        (await import('../jobs/evaluate')).askLists(await store, model, input, own),
      ),
    compare: async (input, job) => {
      const { compareSteps } = await import('../jobs/compare');
      return compareSteps(await store, input, (of, work) => evaluating(of, job, work));
    },
    mix: (input, { signal, report }) =>
      concurrent(signal, async (ended) => {
        const { measureMixes } = await import('../jobs/measureMixes');
        return interleaved(async (pause) =>
          measureMixes(await store, input, { report }, async () => {
            ended.throwIfAborted();
            await pause();
          }),
        );
      }),
    reference: (input, { signal }) =>
      withModel(input, signal, async (model, _, pause) => referenceOf(await store, model, pause)),
  };
}

/** Used instead of a run's id. */
const TRIAL = '';
const deviceHasFailed = (): boolean => gpuHasFailed() || wasmHasFailed();
const busy = (what: string): HomegrownError =>
  new HomegrownError('in-use', `A run is training in this tab: stop it to ${what}`, 'Nothing was changed.');

const DATA_GUARD = { hold: holdData, unlessHeld: unlessDataHeld };
