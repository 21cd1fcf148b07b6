import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { openWasm } from '../gpu/wasm';
import { nodeThreads } from './threads';

/** Where npm has put wasm's binaries. */
export const wasmFolder = `${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}${sep}`;

/** Makes TensorFlow.js run on wasm in Node, on two threads. */
export async function useWasm(): Promise<void> {
  if (tf.getBackend() === 'wasm') return tf.ready(); // another may be making it
  setWasmPaths(wasmFolder);
  await openWasm(nodeThreads(2));
}

/** Those that every machine has, and how each is begun: for `describe.each`. */
export const HOST_BACKENDS = [
  ['cpu', () => tf.setBackend('cpu')],
  ['wasm', useWasm],
] as const;
