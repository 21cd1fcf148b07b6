/** Estimates the cost of commands on any GPU before they run, from the kernels' declarations and the bound buffers. */

export interface Work {
  /** Multiplications and additions. */
  flops: number;
  /** Number of 32-bit words that threads read from workgroup memory. */
  words: number;
  /** Bytes read and written: each binding once, in-place ones twice. */
  bytes: number;
}

/** Slower than most GPUs that people train on. Sizes the work of a GPU that has no measurement yet. */
const SLOW_GPU = { flops: 1e12, bytesPerSecond: 60e9 } as const;

export const expectedMs = ({ flops, bytes }: Omit<Work, 'words'>): number =>
  1000 * Math.max(flops / SLOW_GPU.flops, bytes / SLOW_GPU.bytesPerSecond);

/** Cost that a kernel declares, for all of its workgroups. */
interface DeclaredCost {
  flops: number;
  words: number;
  /** Bindings that are both read and written. */
  updates: ReadonlySet<number>;
  workgroups: number;
}
const declarations = new WeakMap<GPUComputePipeline, DeclaredCost>();
export const declareCost = (pipeline: GPUComputePipeline, declared: DeclaredCost): void =>
  void declarations.set(pipeline, declared);

/** Returns the work of a dispatch of this many workgroups; only bytes for TensorFlow.js's own kernels. */
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
