/** The GPU worker: one device, so one worker, and one run at a time. */
import { HomegrownError } from '../core/base/errors';
import type { Job } from '../core/base/job';
import { explained, gpuHasFailed } from '../core/gpu/backend';
import { wasmHasFailed } from '../core/gpu/wasm';
import { readRun } from '../core/runs/record';
import { generate } from '../core/sample/generate';
import { openPart } from '../core/shards/read';
import { wholeCharacters } from '../core/tokenizer/statistics';
import type { TrainEvent, TrainOutcome } from '../core/train/run';
import { reference } from '../core/verify/reference';
import type { DeviceInfo, GeneratedToken, GpuApi } from '../protocol/gpu';
import { openStore } from '../storage/store';
import { batched } from './batched';
import { openDevice } from './device';
import { retireModel, unloadModel, withModel } from './models';
import { serve } from './serve';
import { begin, resume } from './training';

const store = openStore();
store.catch(() => undefined); // each call below tells it

let device: Promise<DeviceInfo> | undefined;
let isTraining = false;
/** The text being written: one at a time, a new one ends the last. */
let writing: { abort: AbortController; ended: Promise<unknown> } | undefined;

serve<GpuApi>({
  async device({ kind }) {
    if (isTraining) throw busy('change the device');
    await stopWriting();
    // On a device that has failed much never ends, and is not waited for.
    if (deviceHasFailed()) retireModel();
    else await unloadModel();
    // TensorFlow.js has one backend at a time: a second choice waits until the first has been measured.
    device = Promise.resolve(device).then(
      () => openDevice(kind, store),
      () => openDevice(kind, store),
    );
    return device;
  },
  begin: (input, job) => whileTraining(job, async (info) => begin(await store, input, nameOf(info), job)),
  resume: (input, job) => whileTraining(job, async (info) => resume(await store, input, nameOf(info), job)),

  async generate({ runId, which, prompt, temperature, topK, topP, seed, length }, { signal, report }) {
    await stopWriting();
    await opened();
    const abort = new AbortController();
    signal.addEventListener('abort', () => abort.abort());
    if (signal.aborted) abort.abort(); // while the device opened
    let end: () => void = () => undefined;
    const mine = { abort, ended: new Promise<void>((resolve) => (end = resolve)) };
    writing = mine;
    try {
      return await withModel(await store, runId, which, async ({ network, tokenizer }) => {
        const began = performance.now();
        const ids = prompt === '' ? [tokenizer.endOfText] : tokenizer.encode(prompt);
        const decoder = tokenizer.decoder();
        const tell = batched<GeneratedToken>(50, report);
        const settings = { temperature, topK, topP, seed, length };
        let reason: 'length' | 'stopped' | 'end' = 'length';
        for await (const { id, probability, alternatives } of generate(network, ids, settings, abort)) {
          if (id === tokenizer.endOfText) {
            reason = 'end';
            break;
          }
          tell.push({
            id,
            text: decoder.push(id),
            probability,
            alternatives: alternatives.map(([other, p]) => ({
              id: other,
              text: wholeCharacters(tokenizer.bytes(other)),
              probability: p,
            })),
          });
        }
        tell.flush();
        if (abort.signal.aborted) reason = 'stopped';
        return { reason, ms: performance.now() - began };
      });
    } catch (error) {
      throw await explained(error);
    } finally {
      if (writing === mine) writing = undefined;
      end();
    }
  },

  async reference({ runId, which }) {
    await opened();
    const blobs = await store;
    return withModel(blobs, runId, which, async ({ network, tokenizer }) => {
      const { manifest, recipe } = (await readRun(blobs, runId))!;
      const prompt = [...tokenizer.encode(recipe.samplePrompt)];
      const heldOut = manifest && openPart(blobs, manifest, 'validation');
      return reference(network, heldOut, prompt.length > 0 ? prompt : [tokenizer.endOfText]);
    });
  },
});

async function whileTraining(
  job: Job<readonly TrainEvent[]>,
  run: (info: DeviceInfo) => Promise<TrainOutcome>,
): Promise<TrainOutcome> {
  if (isTraining) throw busy('begin another');
  isTraining = true;
  try {
    job.report([{ kind: 'compiling' }]);
    return await run(await opened());
  } finally {
    isTraining = false;
  }
}

/** The device; another one of its kind where a GPU was lost or has refused a call, or WASM's heap broke. */
async function opened(): Promise<DeviceInfo> {
  const info = await (device ??= openDevice('auto', store));
  if (!deviceHasFailed()) return info;
  retireModel();
  device = openDevice(info.kind, store);
  try {
    return await device;
  } catch (error) {
    device = Promise.resolve(info); // it may be there again when it is asked for next
    if (info.kind !== 'webgpu' || !(error instanceof HomegrownError) || error.code !== 'bad-settings') throw error;
    throw new HomegrownError('device-gone', 'The GPU was lost, and the browser gives this page no other');
  }
}
const deviceHasFailed = (): boolean => gpuHasFailed() || wasmHasFailed();
const nameOf = ({ kind, name }: DeviceInfo): string =>
  `${name}, ${{ webgpu: 'WebGPU', wasm: 'WASM', cpu: 'CPU' }[kind]}`;

async function stopWriting(): Promise<void> {
  writing?.abort.abort();
  await writing?.ended;
}

const busy = (what: string): HomegrownError => new HomegrownError('in-use', `A run is in progress: stop it to ${what}`);
