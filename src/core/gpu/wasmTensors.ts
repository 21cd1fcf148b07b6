/** Accesses tensors on the heap of TensorFlow.js's WebAssembly, where our own kernels read and write them. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, TensorInfo, Variable } from '@tensorflow/tfjs';
import type { Threads } from '../threads/threads';
import { wasmThreads } from './wasm';

interface Backend {
  wasm: { _malloc: (bytes: number) => number; _free: (address: number) => void };
  refCount(dataId: object): number;
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  dataIdMap: { get(id: object): { memoryOffset: number } };
}

export interface OnHeap {
  threads: Threads;
  addressOf(tensor: TensorInfo): number;
  /** Address at which a variable may be written in place: copies its values first if a clone shares them. */
  ownAddressOf(variable: Variable): number;
  /** Returns a tensor's own values, not a copy: use them before any other allocation, because the heap may grow. */
  valuesOf(tensor: TensorInfo): Float32Array;
  /** Returns a new tensor with undefined content. */
  output(shape: readonly number[]): { tensor: Tensor; address: number };
  /** Returns temporary memory of these sizes in bytes, valid until the next call. */
  scratch<N extends readonly number[]>(...bytes: N): { [I in keyof N]: number };
}

/** Returns undefined if TensorFlow.js doesn't run on wasm. */
export function onHeap(): OnHeap | undefined {
  const threads = wasmThreads();
  if (!threads) return undefined;
  const backend = tf.backend() as unknown as Backend;
  if (current?.threads === threads) return current;
  const addressOf = (tensor: TensorInfo): number => backend.dataIdMap.get(tensor.dataId).memoryOffset;
  const valuesOf: OnHeap['valuesOf'] = (tensor) => {
    const first = addressOf(tensor) / Float32Array.BYTES_PER_ELEMENT;
    return threads.heap.floats().subarray(first, first + tf.util.sizeFromShape(tensor.shape));
  };
  const output: OnHeap['output'] = (shape) => {
    const info = backend.makeOutput([...shape], 'float32');
    return { tensor: tf.engine().makeTensorFromTensorInfo(info), address: addressOf(info) };
  };
  let scratchMemory = { address: 0, bytes: 0 };
  current = {
    threads,
    addressOf,
    ownAddressOf(variable) {
      if (backend.refCount(variable.dataId) > 1) {
        const { tensor } = output(variable.shape);
        valuesOf(tensor).set(valuesOf(variable));
        variable.assign(tensor);
        tensor.dispose();
      }
      return addressOf(variable);
    },
    valuesOf,
    output,
    scratch(...bytes) {
      const sizes = bytes.map((size) => Math.ceil(size / ALIGNED) * ALIGNED);
      const totalBytes = sizes.reduce((a, b) => a + b, ALIGNED);
      if (totalBytes > scratchMemory.bytes) {
        if (scratchMemory.bytes > 0) backend.wasm._free(scratchMemory.address);
        scratchMemory = { address: 0, bytes: 0 };
        scratchMemory = { address: backend.wasm._malloc(totalBytes) >>> 0, bytes: totalBytes };
      }
      let address = Math.ceil(scratchMemory.address / ALIGNED) * ALIGNED;
      return sizes.map((size) => (address += size) - size) as { [I in keyof typeof bytes]: number };
    },
  };
  return current;
}
let current: OnHeap | undefined;
const ALIGNED = 64;
