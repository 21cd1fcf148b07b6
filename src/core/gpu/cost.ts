/** What commands ask of a GPU, whichever it is: counted before anything runs, by what kernels say of themselves and what is bound. */

export interface Work {
  /** Multiplications and additions. */
  flops: number;
  /** Of 32 bits, that threads read from their workgroup's memory. */
  words: number;
  /** Read and written: each binding once, one that is changed in place twice. */
  bytes: number;
}

/** Slower than most that people train on. What goes to a GPU that nothing was measured on is sized for it. */
const SLOW_GPU = { flops: 1e12, bytesPerSecond: 60e9 } as const;

export const expectedMs = ({ flops, bytes }: Omit<Work, 'words'>): number =>
  1000 * Math.max(flops / SLOW_GPU.flops, bytes / SLOW_GPU.bytesPerSecond);

/** What a kernel says of itself, with all of its workgroups. */
interface Declared {
  flops: number;
  words: number;
  /** Bindings that are read and written. */
  updates: ReadonlySet<number>;
  workgroups: number;
}
const declarations = new WeakMap<GPUComputePipeline, Declared>();
export const declare = (pipeline: GPUComputePipeline, declared: Declared): void =>
  void declarations.set(pipeline, declared);

/** Of a dispatch of so many of the workgroups; where the kernel is TensorFlow.js's own, bytes alone. */
export function workOf(
  pipeline: GPUComputePipeline,
  bindings: readonly { binding: number; size: number }[],
  [x, y, z]: readonly [number, number, number],
): Work {
  const declared = declarations.get(pipeline);
  const share = declared ? (x * y * z) / declared.workgroups : 1;
  const bytes = bindings.reduce((n, { binding, size }) => n + size * (declared?.updates.has(binding) ? 2 : 1), 0);
  return { flops: share * (declared?.flops ?? 0), words: share * (declared?.words ?? 0), bytes: share * bytes };
}
