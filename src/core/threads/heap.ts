/** Memory of TensorFlow.js's WebAssembly, as seen by our kernels and threads. */
import { kernelBytes, type Kernels } from './kernels';

export interface Heap {
  kernels: Kernels;
  /** Returns the whole memory as floats, at its current size; it can grow. */
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
