import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { badSettings } from '../base/errors';
import { loaded } from '../base/load';
import { type AdapterSummary, currentGpu, findGpu, openGpu } from '../gpu/backend';
import { openWasm, WASM_HEAP_BYTES } from '../gpu/wasm';
import type { Threading } from '../threads/threads';
import type { MemoryLimits } from './memory';
import type { DeviceKind } from './run';

export interface Device {
  kind: DeviceKind;
  /** Current adapter; present if the kind is webgpu. */
  adapter?: AdapterSummary;
}

/**
 * Selects the TensorFlow.js backend. `auto` means WebGPU on a real GPU, else WASM, because a software adapter is
 * slower.
 * @param wasmPaths location of the WASM binaries: a folder with a trailing slash, or a URL for each
 * @param threading gives WASM more than one thread, if the environment allows it
 * @throws HomegrownError `bad-settings` if the device doesn't exist
 */
export async function chooseDevice(
  requested: DeviceKind | 'auto',
  wasmPaths: Parameters<typeof setWasmPaths>[0],
  threading?: Threading,
): Promise<Device> {
  tf.enableProdMode();
  const adapter = requested === 'auto' || requested === 'webgpu' ? await findGpu() : null;
  const kind = requested !== 'auto' ? requested : adapter && !adapter.software ? 'webgpu' : 'wasm';
  switch (kind) {
    case 'webgpu':
      return { kind, adapter: (await openGpu()).adapter };
    case 'wasm':
      if (tf.getBackend() !== 'wasm') setWasmPaths(wasmPaths);
      if (await openWasm(threading)) return { kind };
      break;
    case 'cpu':
      // The build leaves the CPU backend out of TensorFlow.js (scripts/tfjs.ts), because few people choose it.
      if (!('cpu' in tf.engine().registryFactory))
        await loaded('The processor’s backend', import('@tensorflow/tfjs-backend-cpu'));
      if (await tf.setBackend(kind)) return { kind };
      break;
    default:
      kind satisfies never;
  }
  throw badSettings(`This machine can't run ${kind}.`, 'Choose another device.');
}

/** Memory limits of the current device, as far as it reports them. */
export function memoryLimits(): MemoryLimits {
  const limits = currentGpu()?.device.limits;
  if (limits) return { activation: limits.maxStorageBufferBindingSize, weight: limits.maxBufferSize };
  return tf.getBackend() === 'wasm' ? { total: WASM_HEAP_BYTES } : {};
}
