/** Eager decoding and compiled evaluations between the replayed steps of a run, on one WebGPU device. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { lonelyLocks } from '../testing/behindChannels';
import { checkSameBits, smallRuns } from '../testing/smallRuns';
import { webgpuStudio } from '../testing/webgpuStudio';

beforeAll(() => vi.stubGlobal('navigator', { gpu: navigator.gpu, locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

test('a run has equal bits while other runs and its own checkpoints are sampled, evaluated and read', async () => {
  const store = memoryStore();
  const worker = webgpuStudio(store);
  try {
    expect(await worker.gpu.call('device', { kind: 'webgpu' })).toMatchObject({ kind: 'webgpu' });
    await checkSameBits({ gpu: worker.gpu, store }, await smallRuns(store), 30);
  } finally {
    worker.close();
  }
});
