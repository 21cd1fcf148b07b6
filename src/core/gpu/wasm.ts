/** TensorFlow.js on WebAssembly: reports a heap that exceeds 32-bit addresses, and replaces it after a failure. */
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { HomegrownError } from '../base/errors';
import { formatBytes } from '../base/units';
import { isShared } from '../threads/heap';
import { startThreads, type Threading, type Threads } from '../threads/threads';

/** What the heap of tfjs-backend-wasm 4.22 may grow to, in bytes (`getHeapMax` in its build): 64 KiB below 4 GiB. */
export const WASM_HEAP_BYTES = 2 ** 32 - 2 ** 16;

/** The part of the backend that is spoken to here. */
interface Heap {
  wasm: {
    _malloc: (bytes: number) => number;
    _free: (address: number) => void;
    /** Of the build whose memory threads share. */
    wasmMemory?: WebAssembly.Memory;
    /** Of the others. */
    asm: { memory: WebAssembly.Memory };
  };
  dispose(): void;
}
let guarded: Heap | undefined;
let threads: Threads | undefined;
let hasFailed = false;

/** Whether a heap ran full or was written beyond its end: what comes after on it cannot be trusted. */
export const wasmHasFailed = (): boolean => tf.getBackend() === 'wasm' && hasFailed;

/** What our kernels on the heap in use are run by; undefined where TensorFlow.js does not run on it, or without SIMD. */
export const wasmThreads = (): Threads | undefined =>
  guarded !== undefined && tf.backend() === (guarded as unknown) ? threads : undefined;

/** Waits until the threads have come, a second at most: without them a measurement tells too little. */
export async function wasmThreadsReady(): Promise<void> {
  for (let i = 0; i < 40; i++) {
    const starting = wasmThreads();
    if (!starting || starting.ready() >= starting.count) return;
    await new Promise<void>((resolve) => setTimeout(() => resolve(), 25));
  }
}

/**
 * Makes TensorFlow.js run on WebAssembly; on a new heap where the last one has failed. False where it cannot.
 * @param threading where more than one thread can be had
 */
export async function openWasm(threading?: Threading): Promise<boolean> {
  if (hasFailed && guarded) {
    const factory = tf.findBackendFactory('wasm');
    threads?.end();
    guarded.dispose = () => undefined; // what still lies on it may yet be disposed, and takes it along
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory, WASM_PRIORITY);
    hasFailed = false;
  }
  const shared = threading !== undefined && (await opened(true));
  // Some systems refuse a memory that is shared, because it could become 4 GiB.
  if (!shared && !(await opened(false))) return false;
  const heap = tf.backend() as unknown as Heap;
  if (heap === guarded) return true;
  guard(heap);
  const memory = heap.wasm.wasmMemory ?? heap.wasm.asm.memory;
  threads = undefined;
  try {
    threads = startThreads(memory, isShared(memory) && threading ? threading : ALONE);
  } catch (error) {
    // Our kernels need SIMD; TensorFlow.js has a build without.
    if (!(error instanceof WebAssembly.CompileError)) throw error;
  }
  return true;
}
const ALONE: Threading = { count: 1, start: () => () => undefined };

/**
 * TensorFlow.js has a build whose memory threads can share. The eight workers that it starts itself are made from text,
 * which a strict page refuses and Node does not know, and help with few of its ops: it gets some that do nothing.
 */
async function opened(shared: boolean): Promise<boolean> {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', shared);
  if (!shared) return tf.setBackend('wasm');
  const own = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  // In Node it would set its own.
  Object.defineProperty(globalThis, 'Worker', { get: () => IdleWorker, set: () => {}, configurable: true });
  setThreadsCount(1);
  try {
    return await tf.setBackend('wasm');
  } finally {
    if (own) Object.defineProperty(globalThis, 'Worker', own);
    else Reflect.deleteProperty(globalThis, 'Worker');
  }
}

/** Says that it is ready, and that is all. */
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
/** As the backend registers itself. */
const WASM_PRIORITY = 2;

/** Where there is no room, the backend takes address 0 and writes there: this says it instead. */
function guard(heap: Heap): void {
  guarded = heap;
  const { wasm } = heap;
  wasm._free(wasm._malloc(1)); // at its first call it puts another function in its place
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    // Beyond 32 bits the number itself would be cut.
    const address = bytes > WASM_HEAP_BYTES ? 0 : allocate(bytes);
    if (address !== 0 || bytes === 0) return address;
    hasFailed = true;
    throw new HomegrownError(
      'out-of-memory',
      `A tensor of ${formatBytes(bytes)} doesn’t fit: WASM has ${formatBytes(WASM_HEAP_BYTES)} in total`,
    );
  };
}

/** What the engine below us throws, as what it is where memory ran out; else the error itself. */
export function asOutOfMemory(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof HomegrownError) return error;
  const isTrap = error.name === 'RuntimeError';
  if (isTrap && tf.getBackend() === 'wasm') hasFailed = true;
  const isFull = isTrap
    ? /out of bounds|out of memory|OOM/i.test(error.message)
    : error instanceof RangeError &&
      /allocation failed|array (buffer )?length|out of bounds|too large/i.test(error.message);
  return isFull ? new HomegrownError('out-of-memory', `Memory ran out: the browser says “${error.message}”`) : error;
}
