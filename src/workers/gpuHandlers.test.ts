/** Training of one run concurrent with the use of other runs' models, over the worker's real half behind a channel. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Client } from '../client/connect';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { readJournal } from '../core/runs/journal';
import { readRun, updateRun } from '../core/runs/record';
import { lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { type Begin, checkSameBits, SAMPLING, smallRuns, train, written } from '../testing/smallRuns';
import type { GpuApi } from '../protocol/gpu';

let store: BlobStore;
let of: Begin;
let worker: TestStudio;
let gpu: Client<GpuApi>;

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
beforeEach(async () => {
  store = memoryStore();
  worker = testStudio(store);
  ({ gpu } = worker);
  of = await smallRuns(store);
});
afterEach(() => worker.close());

test(
  'a run has equal bits while other runs and its own checkpoints are sampled, evaluated and read',
  () => checkSameBits({ gpu, store }, of, 40),
  240_000,
);

test('a checkpoint evaluates bit for bit as during training, and leaves nothing on the device during a run', async () => {
  await gpu.call('begin', of('first', { steps: 3, seed: 5 }));
  const last = (await readJournal(store, 'first')).findLast((e) => e.kind === 'evaluated')!;
  const ask = { runId: 'first', which: 'latest', part: 'validation', tokens: 64 } as const;
  expect(await gpu.call('evaluate', ask)).toEqual({ step: 3, loss: last.loss, metrics: last.metrics });
  expect((await gpu.call('evaluate', { ...ask, part: 'train' })).loss).not.toBe(last.loss);

  const counts: number[] = [];
  await train({ gpu, store }, of('second', { steps: 150, evalEvery: 150, saveEvery: 150 }), async ({ ended }) => {
    counts.push(tf.memory().numTensors);
    for (let i = 0; i < 3 && !ended(); i++) {
      await gpu.call('evaluate', ask);
      counts.push(tf.memory().numTensors);
    }
  });
  expect(counts.length).toBeGreaterThan(2);
  expect(new Set(counts).size).toBe(1);
}, 240_000);

test('changes to a run during training are kept, and so is its progress', async () => {
  await train({ gpu, store }, of('run', { steps: 30 }), async () => {
    await updateRun(store, 'run', (run) => ({ ...run, name: 'Queequeg', note: 'good' }));
  });
  expect(await readRun(store, 'run')).toMatchObject({ name: 'Queequeg', note: 'good', step: 30, status: 'finished' });
}, 240_000);

test('during training, another run and another device are refused; a stopped job ends, and the run continues', async () => {
  await gpu.call('begin', of('first', { steps: 1 }));
  await train({ gpu, store }, of('second', { steps: 300, evalEvery: 300, saveEvery: 300 }), async () => {
    await expect(gpu.call('begin', of('third', { steps: 1 }))).rejects.toMatchObject({ code: 'in-use' });
    await expect(gpu.call('device', { kind: 'cpu' })).rejects.toMatchObject({ code: 'in-use' });
    const abort = new AbortController();
    const ask = { runId: 'first', which: 'latest', ...SAMPLING, length: 100_000 } as const;
    const onProgress = (): void => abort.abort();
    expect((await gpu.call('generate', ask, { signal: abort.signal, onProgress })).reason).toBe('stopped');
  });
  // Without training, the device changes, and ends a text in progress.
  let isWriting = (): void => undefined;
  const has = new Promise<void>((resolve) => (isWriting = resolve));
  const ask = { runId: 'first', which: 'latest', ...SAMPLING, length: 100_000 } as const;
  const writing = gpu.call('generate', ask, { onProgress: isWriting });
  await has;
  expect(await gpu.call('device', { kind: 'cpu' })).toMatchObject({ kind: 'cpu' });
  expect((await writing).reason).toBe('stopped');
  expect((await written({ gpu }, { runId: 'first', which: 'latest' })).length).toBeGreaterThan(0);
  await gpu.call('device', { kind: 'wasm' });
}, 240_000);
