/** Chooses and opens the device: a real GPU through WebGPU, otherwise WASM. Reports its name and measured speed. */
import type { BlobStore } from '../core/base/blobStore';
import { loaded } from '../core/base/load';
import { readRecord } from '../core/base/record';
import { findGpu } from '../core/gpu/backend';
import { wasmThreadsReady } from '../core/gpu/wasm';
import { MODELS } from '../core/models';
import { OBJECTIVES } from '../core/objectives';
import { matrixRate } from '../core/ops/matrixRate';
import { type TilingStore, tune } from '../core/ops/tune';
import { OPTIMIZERS } from '../core/optim';
import type { Threading } from '../core/threads/threads';
import { chooseDevice, memoryLimits } from '../core/train/device';
import { TILINGS, TILINGS_KEY } from '../core/train/remembered';
import type { DeviceKind } from '../core/train/run';
import type { DeviceInfo } from '../protocol/gpu';

/**
 * @param wasm folder of its binaries
 * @param threading starts threads, if possible
 */
export async function openDevice(
  requestedKind: DeviceKind | 'auto',
  store: Promise<BlobStore>,
  wasm: Parameters<typeof chooseDevice>[1],
  threading?: Threading,
): Promise<DeviceInfo> {
  const { kind, adapter } = await chooseDevice(requestedKind, wasm, threading);
  // Loads everything that a run needs while the network is available.
  const parts = [...Object.values(MODELS), ...Object.values(OBJECTIVES), ...Object.values(OPTIMIZERS)];
  await loaded('The training engine', Promise.all(parts.map((part: { load(): Promise<unknown> }) => part.load())));
  await tune(now, storedTilings(store));
  const choices: DeviceKind[] = (adapter ?? (await findGpu())) ? ['webgpu', 'wasm', 'cpu'] : ['wasm', 'cpu'];
  const features = [
    adapter?.f16 && 'shader-f16',
    adapter?.subgroups && 'subgroups',
    adapter?.timestamps && 'timestamp-query',
  ];
  await wasmThreadsReady();
  return {
    kind,
    name: adapter?.name ?? 'This processor',
    software: adapter?.software ?? false,
    features: features.filter((name) => typeof name === 'string'),
    gigaflops: await matrixRate(now),
    limits: memoryLimits(),
    choices,
  };
}

/** Measured tilings of this machine's GPUs are stored in this browser. */
const storedTilings = (store: Promise<BlobStore>): TilingStore => ({
  read: async () => readRecord(await store, TILINGS_KEY, TILINGS),
  write: async (tilings) => (await store).commit({ put: [[TILINGS_KEY, tilings]] }),
});

const now = (): number => performance.now();
