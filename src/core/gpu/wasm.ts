/** TensorFlow.js on WebAssembly: a heap that cannot grow beyond 32-bit addresses, says so, and is made anew once it broke. */
import * as tf from '@tensorflow/tfjs';
import { HomegrownError } from '../base/errors';
import { formatBytes } from '../base/units';

/** What the heap of tfjs-backend-wasm 4.22 may grow to, in bytes (`getHeapMax` in its build): 64 KiB below 4 GiB. */
export const WASM_HEAP_BYTES = 2 ** 32 - 2 ** 16;

/** The part of the backend that is spoken to here. */
interface Heap {
  wasm: { _malloc: (bytes: number) => number; _free: (address: number) => void };
  dispose(): void;
}
let guarded: Heap | undefined;
let hasFailed = false;

/** Whether a heap ran full or was written beyond its end: what comes after on it cannot be trusted. */
export const wasmHasFailed = (): boolean => tf.getBackend() === 'wasm' && hasFailed;

/** Makes TensorFlow.js run on WebAssembly; on a new heap where the last one has failed. False where it cannot. */
export async function openWasm(): Promise<boolean> {
  if (hasFailed && guarded) {
    const factory = tf.findBackendFactory('wasm');
    guarded.dispose = () => undefined; // what still lies on it may yet be disposed, and takes it along
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory, WASM_PRIORITY);
    hasFailed = false;
  }
  if (!(await tf.setBackend('wasm'))) return false;
  guard(tf.backend() as unknown as Heap);
  return true;
}
/** As the backend registers itself. */
const WASM_PRIORITY = 2;

/** Where there is no room, the backend takes address 0 and writes there: this says it instead. */
function guard(heap: Heap): void {
  if (heap === guarded) return;
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
      `A tensor of ${formatBytes(bytes)} found no room: WASM can address ${formatBytes(WASM_HEAP_BYTES)} in all`,
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
