import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** Makes TensorFlow.js run on wasm in Node, from the files that npm installed. */
export async function useWasm(): Promise<void> {
  if (tf.getBackend() === 'wasm') return;
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend('wasm');
}
