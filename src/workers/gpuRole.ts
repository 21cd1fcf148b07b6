/** The GPU worker: one device, so one worker. */
import wasmPlain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import wasmSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import wasmThreads from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { openStore } from '../storage/store';
import { openDevice } from './device';
import { gpuHandlers } from './gpuHandlers';
import { readers } from './readers';
import { serve } from './serve';
import { threading } from './threading';

const wasm = {
  'tfjs-backend-wasm.wasm': wasmPlain,
  'tfjs-backend-wasm-simd.wasm': wasmSimd,
  'tfjs-backend-wasm-threaded-simd.wasm': wasmThreads,
};
export function start(): void {
  const store = openStore();
  store.catch(() => undefined); // each call reports it

  serve(gpuHandlers(store, (kind) => openDevice(kind, store, wasm, threading()), readers));
}
