/** Eager decoding and compiled evaluations between the replayed steps of a run, on one WebGPU device. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { lonelyLocks, halvesOver, testStudio } from '../core/testing/behindChannels';
import { checkSameBits, smallRuns } from '../core/testing/besideRuns';
import { chooseDevice } from '../core/train/device';
import { gpuHandlers } from './gpuHandlers';

beforeAll(() => vi.stubGlobal('navigator', { gpu: navigator.gpu, locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

test('a run makes the same bits while other runs and its own saved steps are sampled, measured and read beside it', async () => {
  const store = memoryStore();
  // Without measuring it first.
  const gpu = gpuHandlers(Promise.resolve(store), async () => {
    const { kind } = await chooseDevice('webgpu', '');
    return { kind, name: 'GPU', software: true, features: [], gigaflops: 1, choices: [kind] };
  });
  const worker = testStudio(store, { ...halvesOver(store), gpu });
  try {
    expect(await worker.gpu.call('device', { kind: 'webgpu' })).toMatchObject({ kind: 'webgpu' });
    await checkSameBits({ gpu: worker.gpu, store }, await smallRuns(store), 30);
  } finally {
    worker.close();
  }
});
