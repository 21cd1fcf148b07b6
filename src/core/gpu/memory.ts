/** GPU memory: what is in use on our device, and what the programs that there are have planned to use. */

/** Bytes of GPU buffers. */
interface GpuMemory {
  /** All that the programs use when they run: their own and, counted once, the variables that they share. */
  plannedBytes: number;
  /** Alive now, whoever made them: ours and TensorFlow.js's. */
  usedBytes: number;
}

export function gpuMemory(): GpuMemory {
  const variables = new Set([...programs].flatMap((program) => program.variables));
  const own = [...programs].reduce((n, program) => n + program.own, 0);
  return { plannedBytes: [...variables].reduce((n, { size }) => n + size, own), usedBytes: used.bytes };
}

let used = { bytes: 0 };

/** A new device has nothing in use; what the last one had is gone with it. */
export function resetMemoryCount(): void {
  used = { bytes: 0 };
}

/** Counts a buffer until it is destroyed. */
export function counted(buffer: GPUBuffer): GPUBuffer {
  const device = used;
  let alive = buffer.size;
  device.bytes += alive;
  const destroy = buffer.destroy.bind(buffer);
  buffer.destroy = () => {
    device.bytes -= alive;
    alive = 0;
    destroy();
    return undefined;
  };
  return buffer;
}

interface Planned {
  own: number;
  variables: readonly GPUBuffer[];
}
const programs = new Set<Planned>();

/** Counts a program until the result is called. */
export function trackProgram(program: Planned): () => void {
  programs.add(program);
  return () => {
    programs.delete(program);
  };
}
