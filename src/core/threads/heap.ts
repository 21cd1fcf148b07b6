/** The memory of TensorFlow.js's WebAssembly, as our kernels and the threads see it. */
import { kernelBytes, type Kernels } from './kernels';

export interface Heap {
  kernels: Kernels;
  /** All of it as floats, of the size that it has now: it grows. */
  floats(): Float32Array;
}

export function heapOver(memory: WebAssembly.Memory): Heap {
  const module = new WebAssembly.Module(kernelBytes(isShared(memory)));
  const { exports } = new WebAssembly.Instance(module, { page: { memory } });
  let view = new Float32Array(memory.buffer);
  return {
    kernels: exports as unknown as Kernels,
    floats() {
      const { buffer } = memory;
      if (buffer !== view.buffer) view = new Float32Array(buffer);
      return view;
    },
  };
}

export const isShared = ({ buffer }: WebAssembly.Memory): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
