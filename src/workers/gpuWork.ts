/** The device of the GPU worker: opened when needed, shared by one training run and concurrent work. */
import type { BlobStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import type { Job, Pause } from '../core/base/job';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import type { EvaluationJob } from '../core/evaluate/evaluate';
import { explained, gpuHasFailed } from '../core/gpu/backend';
import { wasmHasFailed } from '../core/gpu/wasm';
import type { Asked, DeviceKind, TrainOutcome } from '../core/train/run';
import type { LoadedModel } from '../jobs/loadedModel';
import type { BetweenSteps, JobPlace, RunJob } from '../jobs/train';
import { type DeviceInfo, recordedDevice } from '../protocol/gpu';
import { holdingRun } from '../storage/lock';
import { deviceScheduler } from './deviceScheduler';
import { modelsOf } from './models';

/** A saved step of a run. */
interface SavedStep {
  runId: string;
  which: WhichSnapshot;
}

export class GpuWork {
  private readonly models;
  private readonly scheduler = deviceScheduler(() => performance.now());
  private device: Promise<DeviceInfo> | undefined;
  /** Id of the training run; `TRIAL` for a trial. */
  private trainingId: string | undefined;
  /** Requests that the training run answers between its steps. */
  private requests: Asked[] = [];
  /** Concurrent jobs to cancel; each resolves when it has ended. */
  private readonly concurrentJobs = new Map<AbortController, Promise<unknown>>();

  /** @param open opens a device, or a new one of the same kind after a failure */
  constructor(
    private readonly store: Promise<BlobStore>,
    private readonly open: (kind: DeviceKind | 'auto') => Promise<DeviceInfo>,
  ) {
    this.models = modelsOf(store);
  }

  isTraining(runId: string): boolean {
    return this.trainingId === runId;
  }

  /** Lets the training run answer a request between two steps. */
  request(asked: Asked): void {
    this.requests.push(asked);
  }

  /** Opens another device. Cancels concurrent work. @throws HomegrownError `in-use` while a run trains */
  async changeDevice(kind: DeviceKind | 'auto'): Promise<DeviceInfo> {
    if (this.trainingId !== undefined) throw busy('change the device');
    for (const abort of this.concurrentJobs.keys()) abort.abort();
    // On a failed device some work never ends; it isn't awaited.
    if (deviceHasFailed()) this.models.retire();
    else {
      await Promise.allSettled(this.concurrentJobs.values());
      await this.models.unload();
    }
    // TensorFlow.js has one backend at a time: a second choice waits until the first has been measured.
    this.device = Promise.resolve(this.device).then(
      () => this.open(kind),
      () => this.open(kind),
    );
    return this.device;
  }

  /** Runs one run at a time, with priority on the device. */
  async train(
    runId: string,
    job: RunJob,
    run: (place: JobPlace, betweenSteps: BetweenSteps) => Promise<TrainOutcome>,
  ): Promise<TrainOutcome> {
    if (this.trainingId !== undefined) throw busy('start another');
    this.trainingId = runId;
    try {
      job.report([{ kind: 'compiling' }]);
      const device = recordedDevice(await this.openedDevice());
      this.models.retire(); // the run may need its memory
      const place = { store: await this.store, device };
      return await this.scheduler.withPriority((pause) =>
        holdingRun(runId, () => run(place, { pause, asked: () => this.requests.shift() })),
      );
    } finally {
      this.trainingId = undefined;
      this.requests = [];
    }
  }

  /** Runs a trial of a run that hasn't started. */
  async tryRun<T>(trial: (store: BlobStore) => Promise<T>): Promise<T> {
    if (this.trainingId !== undefined) throw busy('try another');
    this.trainingId = TRIAL;
    try {
      await this.openedDevice();
      this.models.retire();
      return await this.scheduler.withPriority(async () => trial(await this.store));
    } catch (error) {
      throw await explained(error);
    } finally {
      this.trainingId = undefined;
    }
  }

  /** Work that ends with the signal or the device. While a run trains, no unused model stays on the device. */
  async concurrent<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const end = (): void => abort.abort();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    const done = this.openedDevice().then(() => work(abort.signal));
    this.concurrentJobs.set(abort, done);
    try {
      return await done;
    } catch (error) {
      throw await explained(error);
    } finally {
      this.concurrentJobs.delete(abort);
      signal.removeEventListener('abort', end);
      if (this.trainingId !== undefined) this.models.retire();
    }
  }

  /** Runs work in pieces, each in its turn on the device. */
  inTurns<T>(work: (pause: Pause) => Promise<T>): Promise<T> {
    return this.scheduler.interleaved(work);
  }

  /** Uses a saved step of any run, even while another one trains. `pause` doesn't check the signal. */
  withModel<T>(
    { runId, which }: SavedStep,
    signal: AbortSignal,
    work: (model: LoadedModel, signal: AbortSignal, pause: Pause) => Promise<T>,
  ): Promise<T> {
    return this.concurrent(signal, (ended) =>
      this.models.use(runId, which, (model) => this.inTurns((pause) => work(model, ended, pause))),
    );
  }

  /** Work with a saved step that reports, and stops between its pieces. */
  evaluating<T>(
    step: SavedStep,
    { signal, report }: Job,
    work: (model: LoadedModel, job: EvaluationJob) => Promise<T>,
  ): Promise<T> {
    return this.withModel(step, signal, (model, ended, turn) =>
      work(model, { signal: ended, report, pause: stoppable(turn, ended) }),
    );
  }

  /** The device; a new one if the GPU was lost or refused a call, or WASM's heap broke. */
  private async openedDevice(): Promise<DeviceInfo> {
    const info = await (this.device ??= this.open('auto'));
    if (!deviceHasFailed()) return info;
    this.models.retire();
    this.device = this.open(info.kind);
    try {
      return await this.device;
    } catch (error) {
      this.device = Promise.resolve(info); // the next request may find it again
      if (info.kind !== 'webgpu' || !(error instanceof HomegrownError) || error.code !== 'bad-settings') throw error;
      throw new HomegrownError('device-gone', 'The GPU was lost, and the browser gives this page no new one');
    }
  }
}

/** A pause that throws if the work was stopped. */
export const stoppable =
  (turn: Pause, signal: AbortSignal): Pause =>
  async () => {
    signal.throwIfAborted();
    await turn();
  };

/** Used instead of a run's id. */
const TRIAL = '';
const deviceHasFailed = (): boolean => gpuHasFailed() || wasmHasFailed();
const busy = (purpose: string): HomegrownError =>
  new HomegrownError('in-use', `A run is training in this tab: stop it to ${purpose}`, 'Nothing was changed.');
