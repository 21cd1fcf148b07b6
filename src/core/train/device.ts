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
  /** The adapter in use, where the kind is webgpu. */
  adapter?: AdapterSummary;
}

/**
 * Makes TensorFlow.js run on a kind of device. `auto` is WebGPU on a real GPU, else wasm: a software adapter is slower.
 * @param wasmPaths where wasm's binaries are: a folder with a slash at its end, or an address for each
 * @param threading how wasm gets more than one thread, where it can
 * @throws HomegrownError `bad-settings` where there is no such device
 */
export async function chooseDevice(
  asked: DeviceKind | 'auto',
  wasmPaths: Parameters<typeof setWasmPaths>[0],
  threading?: Threading,
): Promise<Device> {
  tf.enableProdMode();
  const adapter = asked === 'auto' || asked === 'webgpu' ? await findGpu() : null;
  const kind = asked !== 'auto' ? asked : adapter && !adapter.software ? 'webgpu' : 'wasm';
  switch (kind) {
    case 'webgpu':
      return { kind, adapter: (await openGpu()).adapter };
    case 'wasm':
      if (tf.getBackend() !== 'wasm') setWasmPaths(wasmPaths);
      if (await openWasm(threading)) return { kind };
      break;
    case 'cpu':
      // In the build it is no part of TensorFlow.js (scripts/tfjs.ts): few ever choose it.
      if (!('cpu' in tf.engine().registryFactory))
        await loaded('The processor’s backend', import('@tensorflow/tfjs-backend-cpu'));
      if (await tf.setBackend(kind)) return { kind };
      break;
    default:
      kind satisfies never;
  }
  throw badSettings(`This machine can't run ${kind}.`, 'Choose another device.');
}

/** What the device in use can hold, where it says so. */
export function memoryLimits(): MemoryLimits {
  const limits = currentGpu()?.device.limits;
  if (limits) return { activation: limits.maxStorageBufferBindingSize, weight: limits.maxBufferSize };
  return tf.getBackend() === 'wasm' ? { total: WASM_HEAP_BYTES } : {};
}
