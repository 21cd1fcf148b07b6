/** Memory of TensorFlow.js's WebAssembly, as seen by our kernels and threads. */
import { type Kernels, kernelsOver } from './kernels';

export interface Heap {
  kernels: Kernels;
  /** Returns the whole memory as floats, at its current size; it can grow. */
  floats(): Float32Array;
}

export function heapOver(memory: WebAssembly.Memory): Heap {
  let view = new Float32Array(memory.buffer);
  return {
    kernels: kernelsOver(memory, isShared(memory)),
    floats() {
      const { buffer } = memory;
      if (buffer !== view.buffer) view = new Float32Array(buffer);
      return view;
    },
  };
}

export const isShared = ({ buffer }: WebAssembly.Memory): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
