import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { badSettings } from '../base/errors';
import { type AdapterSummary, findGpu, openGpu } from '../gpu/backend';
import type { DeviceKind } from './run';

export interface Device {
  kind: DeviceKind;
  /** The adapter in use, where the kind is webgpu. */
  adapter?: AdapterSummary;
}

/**
 * Makes TensorFlow.js run on a kind of device. `auto` is WebGPU on a real GPU, else wasm: a software adapter is slower.
 * @param wasmPaths where wasm's binaries are: a folder with a slash at its end, or an address for each
 * @throws HomegrownError `bad-settings` where there is no such device
 */
export async function chooseDevice(
  asked: DeviceKind | 'auto',
  wasmPaths: Parameters<typeof setWasmPaths>[0],
): Promise<Device> {
  tf.enableProdMode();
  const adapter = asked === 'auto' || asked === 'webgpu' ? await findGpu() : null;
  const kind = asked !== 'auto' ? asked : adapter && !adapter.software ? 'webgpu' : 'wasm';
  switch (kind) {
    case 'webgpu':
      return { kind, adapter: (await openGpu()).adapter };
    case 'wasm':
      if (tf.getBackend() !== 'wasm') setWasmPaths(wasmPaths);
      // Its threads are workers made from text, which a strict page refuses.
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      break;
    case 'cpu':
      break;
    default:
      kind satisfies never;
  }
  if (!(await tf.setBackend(kind))) throw badSettings(`This machine cannot run ${kind}.`, 'Choose another device.');
  return { kind };
}
