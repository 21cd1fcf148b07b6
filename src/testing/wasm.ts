import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { openWasm } from '../core/gpu/wasm';
import { nodeThreads } from '../../node/threads';

/** Folder of the wasm binaries from npm. */
export const wasmFolder = `${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}${sep}`;

/** Makes TensorFlow.js run on wasm in Node with two threads, for tests of shared memory. */
export const useWasm = (): Promise<void> => open(2);

/** Makes TensorFlow.js run on wasm in Node with one thread: the same bits without the cost of a waiting thread. */
export const useSingleThreadWasm = (): Promise<void> => open(1);

async function open(threads: number): Promise<void> {
  if (tf.getBackend() === 'wasm') return tf.ready(); // another call may be opening it
  setWasmPaths(wasmFolder);
  await openWasm(nodeThreads(threads));
}

/** Backends of every machine, with their setup: for `describe.each`. */
export const HOST_BACKENDS = [
  ['cpu', () => tf.setBackend('cpu')],
  ['wasm', useWasm],
] as const;

/** The same backends, with one thread of wasm. */
export const SINGLE_THREAD_BACKENDS = [HOST_BACKENDS[0], ['wasm', useSingleThreadWasm]] as const;
