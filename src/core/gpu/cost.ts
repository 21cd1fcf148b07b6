/** What commands ask of a GPU, whichever it is: counted before anything runs, by what kernels say of themselves and what is bound. */

export interface Work {
  /** Multiplications and additions. */
  flops: number;
  /** Of 32 bits, that threads read from their workgroup's memory. */
  words: number;
  /** Read and written: each binding once, one that is changed in place twice. */
  bytes: number;
}

/** What a kernel says of itself. */
export interface Declared {
  flops: number;
  words: number;
  /** Bindings that are read and written. */
  updates: ReadonlySet<number>;
}
const declarations = new WeakMap<GPUComputePipeline, Declared>();
export const declare = (pipeline: GPUComputePipeline, declared: Declared): void =>
  void declarations.set(pipeline, declared);

/** Of one dispatch; where the kernel is TensorFlow.js's own, bytes alone. */
export function workOf(pipeline: GPUComputePipeline, bindings: readonly { binding: number; size: number }[]): Work {
  const { flops, words, updates } = declarations.get(pipeline) ?? STOCK;
  return {
    flops,
    words,
    bytes: bindings.reduce((n, { binding, size }) => n + size * (updates.has(binding) ? 2 : 1), 0),
  };
}
const STOCK: Declared = { flops: 0, words: 0, updates: new Set() };
