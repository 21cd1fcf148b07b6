import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { openWasm } from '../core/gpu/wasm';
import { nodeThreads } from '../../node/threads';

/** Where npm has put wasm's binaries. */
export const wasmFolder = `${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}${sep}`;

/** Makes TensorFlow.js run on wasm in Node, on two threads: for tests of what threads share. */
export const useWasm = (): Promise<void> => open(2);

/** Makes TensorFlow.js run on wasm in Node on one thread, which computes the same bits: a second one costs as much while it waits. */
export const useSingleThreadWasm = (): Promise<void> => open(1);

async function open(threads: number): Promise<void> {
  if (tf.getBackend() === 'wasm') return tf.ready(); // another may be making it
  setWasmPaths(wasmFolder);
  await openWasm(nodeThreads(threads));
}

/** Those that every machine has, and how each is begun: for `describe.each`. */
export const HOST_BACKENDS = [
  ['cpu', () => tf.setBackend('cpu')],
  ['wasm', useWasm],
] as const;

/** The same with one thread of wasm. */
export const SINGLE_THREAD_BACKENDS = [HOST_BACKENDS[0], ['wasm', useSingleThreadWasm]] as const;
