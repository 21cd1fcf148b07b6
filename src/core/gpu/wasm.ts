/** Runs TensorFlow.js on WebAssembly: reports a heap that exceeds 32-bit addresses, and replaces it after a failure. */
import * as tf from '@tensorflow/tfjs';
import type { TensorInfo } from '@tensorflow/tfjs';
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { HomegrownError } from '../base/errors';
import { formatBytes } from '../base/units';
import { isShared } from '../threads/heap';
import { startThreads, type Threading, type Threads } from '../threads/threads';

/** Maximum heap of tfjs-backend-wasm 4.22, in bytes (`getHeapMax` in its build): 64 KiB below 4 GiB. */
export const WASM_HEAP_BYTES = 2 ** 32 - 2 ** 16;

/** Private part of the backend that this file uses. */
interface WasmBackend {
  wasm: {
    _malloc: (bytes: number) => number;
    _free: (address: number) => void;
    /** In the build whose memory threads share. */
    wasmMemory?: WebAssembly.Memory;
    /** In the other builds. */
    asm: { memory: WebAssembly.Memory };
  };
  /** Adds an owner to the memory of a tensor. */
  incRef(dataId: object): void;
  dispose(): void;
}
let guardedBackend: WasmBackend | undefined;
let threads: Threads | undefined;
let hasFailed = false;

/** Returns whether a heap ran full or was written beyond its end: later results on it can't be trusted. */
export const wasmHasFailed = (): boolean => tf.getBackend() === 'wasm' && hasFailed;

/** Threads of our kernels on the current heap; undefined if TensorFlow.js doesn't run on it, or without SIMD. */
export const wasmThreads = (): Threads | undefined =>
  guardedBackend !== undefined && tf.backend() === (guardedBackend as unknown) ? threads : undefined;

/** Waits up to one second until the threads have started: without them a measurement is too low. */
export async function wasmThreadsReady(): Promise<void> {
  for (let i = 0; i < 40; i++) {
    const starting = wasmThreads();
    if (!starting || starting.ready() >= starting.count) return;
    await new Promise<void>((resolve) => setTimeout(() => resolve(), 25));
  }
}

/**
 * Makes TensorFlow.js run on WebAssembly, on a new heap if the last one has failed. Returns false if it can't.
 * @param threading given if more than one thread is available
 */
export async function openWasm(threading?: Threading): Promise<boolean> {
  if (hasFailed && guardedBackend) {
    const factory = tf.findBackendFactory('wasm');
    threads?.end();
    guardedBackend.dispose = () => undefined; // later disposals of its tensors must do no harm
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory, WASM_PRIORITY);
    hasFailed = false;
  }
  const isShareable = threading !== undefined && (await openBackend(true));
  // Some systems refuse shared memory, because it could grow to 4 GiB.
  if (!isShareable && !(await openBackend(false))) return false;
  const backend = tf.backend() as unknown as WasmBackend;
  if (backend === guardedBackend) return true;
  guard(backend);
  shareClones();
  const memory = backend.wasm.wasmMemory ?? backend.wasm.asm.memory;
  threads = undefined;
  try {
    threads = startThreads(memory, isShared(memory) && threading ? threading : SINGLE_THREAD);
  } catch (error) {
    // Our kernels need SIMD; TensorFlow.js also has a build without it.
    if (!(error instanceof WebAssembly.CompileError)) throw error;
  }
  return true;
}
const SINGLE_THREAD: Threading = { count: 1, start: () => () => undefined };

/**
 * Opens the backend, in TensorFlow.js's multithreaded build if `shared`. Its own eight workers are made from text,
 * which a strict page refuses and Node doesn't know, and they speed up few ops. So it gets idle workers.
 */
async function openBackend(shared: boolean): Promise<boolean> {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', shared);
  if (!shared) return tf.setBackend('wasm');
  const originalWorker = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  // In Node it would install its own.
  Object.defineProperty(globalThis, 'Worker', { get: () => IdleWorker, set: () => {}, configurable: true });
  setThreadsCount(1);
  try {
    return await tf.setBackend('wasm');
  } finally {
    if (originalWorker) Object.defineProperty(globalThis, 'Worker', originalWorker);
    else Reflect.deleteProperty(globalThis, 'Worker');
  }
}

/** Worker that only reports that it is ready. */
class IdleWorker {
  onmessage?: (event: { data: { cmd: 'loaded' } }) => void;
  postMessage(): void {
    void Promise.resolve().then(() => this.onmessage?.({ data: { cmd: 'loaded' } }));
  }
  on(): void {}
  ref(): void {}
  unref(): void {}
  terminate(): void {}
}
/** Priority with which the backend registers itself. */
const WASM_PRIORITY = 2;

/** Throws if allocation fails: the backend itself would take address 0 and write there. */
function guard(backend: WasmBackend): void {
  guardedBackend = backend;
  const { wasm } = backend;
  wasm._free(wasm._malloc(1)); // its first call replaces the function
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    // Beyond 32 bits, the number itself would be truncated.
    const address = bytes > WASM_HEAP_BYTES ? 0 : allocate(bytes);
    if (address !== 0 || bytes === 0) return address;
    hasFailed = true;
    throw new HomegrownError(
      'out-of-memory',
      `A tensor of ${formatBytes(bytes)} doesn’t fit: WASM has ${formatBytes(WASM_HEAP_BYTES)} in total`,
    );
  };
}

/**
 * Makes a clone share its tensor's memory, as on TensorFlow.js's other backends; its WASM backend copies it. The ops on
 * the gradient tape clone each tensor that they save.
 */
function shareClones(): void {
  tf.unregisterKernel(tf.Identity, 'wasm');
  tf.registerKernel({
    kernelName: tf.Identity,
    backendName: 'wasm',
    kernelFunc({ inputs, backend }) {
      const { dataId, shape, dtype } = inputs['x'] as TensorInfo;
      (backend as unknown as WasmBackend).incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
}

/** Turns an error of TensorFlow.js into an out-of-memory error if memory ran out; otherwise returns it unchanged. */
export function asOutOfMemory(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof HomegrownError) return error;
  const isTrap = error.name === 'RuntimeError';
  if (isTrap && tf.getBackend() === 'wasm') hasFailed = true;
  const isOutOfMemory = isTrap
    ? /out of bounds|out of memory|OOM/i.test(error.message)
    : error instanceof RangeError &&
      /allocation failed|array (buffer )?length|out of bounds|too large/i.test(error.message);
  return isOutOfMemory
    ? new HomegrownError('out-of-memory', `Memory ran out: the browser says “${error.message}”`)
    : error;
}
