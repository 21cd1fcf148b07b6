/** A studio whose runs train on the WebGPU device of this process, without measuring it first. */
import { chooseDevice } from '../core/train/device';
import { gpuHandlers } from '../workers/gpuHandlers';
import type { BlobStore } from '../core/base/blobStore';
import { halvesOver, type TestStudio, testStudio } from './behindChannels';

export function webgpuStudio(store: BlobStore): TestStudio {
  const gpu = gpuHandlers(Promise.resolve(store), async () => {
    const { kind } = await chooseDevice('webgpu', '');
    return { kind, name: 'GPU', software: true, features: [], gigaflops: 1, choices: [kind] };
  });
  return testStudio(store, { ...halvesOver(store), gpu });
}
