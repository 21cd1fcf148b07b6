/** Chooses and opens the device: a real GPU by WebGPU, else WASM, and says what it is and how fast it multiplies. */
import * as tf from '@tensorflow/tfjs';
import wasmPlain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import wasmSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import wasmThreads from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { findGpu } from '../core/gpu/backend';
import { MODELS } from '../core/models';
import { linear } from '../core/ops/linear';
import { type Memory, tune } from '../core/ops/tune';
import type { BlobStore } from '../core/base/blobStore';
import { chooseDevice } from '../core/train/device';
import type { DeviceKind } from '../core/train/run';
import type { DeviceInfo } from '../protocol/gpu';

export async function openDevice(asked: DeviceKind | 'auto', store: Promise<BlobStore>): Promise<DeviceInfo> {
  const { kind, adapter } = await chooseDevice(asked, {
    'tfjs-backend-wasm.wasm': wasmPlain,
    'tfjs-backend-wasm-simd.wasm': wasmSimd,
    'tfjs-backend-wasm-threaded-simd.wasm': wasmThreads,
  });
  // The architectures too, while there surely is a network.
  await Promise.all(Object.values(MODELS).map((model) => model.load()));
  await tune(() => performance.now(), inStore(store));
  const choices: DeviceKind[] = (adapter ?? (await findGpu())) ? ['webgpu', 'wasm', 'cpu'] : ['wasm', 'cpu'];
  const features = [
    adapter?.f16 && 'shader-f16',
    adapter?.subgroups && 'subgroups',
    adapter?.timestamps && 'timestamp-query',
  ];
  return {
    kind,
    name: adapter?.name ?? 'This processor',
    software: adapter?.software ?? false,
    features: features.filter((name) => typeof name === 'string'),
    gigaflops: await measure(adapter !== undefined && !adapter.software),
    choices,
  };
}

/** What was measured of this machine's GPUs stays with the texts and runs, and like these in this browser. */
const inStore = (store: Promise<BlobStore>): Memory => ({
  read: async () => (await store).get(KEY),
  write: async (cuts) => (await store).commit({ put: [[KEY, cuts]] }),
});
const KEY = 'cuts';

/** Rate of f32 matrix products as training multiplies on the device in use, in 10^9 operations a second. */
async function measure(isGpu: boolean): Promise<number> {
  const n = isGpu ? 1024 : 512; // a GPU is not busy with less
  const a = tf.fill<tf.Rank.R2>([n, n], 1 / n); // its own square
  const multiply = async (times: number): Promise<number> => {
    const began = performance.now();
    let product = tf.clone(a);
    for (let i = 0; i < times; i++) {
      const next = linear(product, a);
      product.dispose();
      product = next;
    }
    const last = product.slice([0, 0], [1, 1]);
    await last.data();
    tf.dispose([product, last]);
    return performance.now() - began;
  };
  await multiply(1); // compiles
  let times = 1;
  let ms = await multiply(times);
  // Short times are mostly launching and reading: lengthen until they count, but not for long.
  while (ms < 30 && times < 256) ms = await multiply((times *= 4));
  a.dispose();
  return (2 * n ** 3 * times) / (ms * 1e6);
}
