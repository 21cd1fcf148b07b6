/** Counts GPU memory: bytes in use on our device, and bytes that the existing programs plan to use. */

/** Bytes of GPU buffers. */
interface GpuMemory {
  /** Bytes that all programs use when they run: their own, plus the shared variables counted once. */
  plannedBytes: number;
  /** Bytes of all live buffers, ours and TensorFlow.js's. */
  usedBytes: number;
}

export function gpuMemory(): GpuMemory {
  const variables = new Set([...programs].flatMap((program) => program.variables));
  const own = [...programs].reduce((n, program) => n + program.ownBytes, 0);
  return { plannedBytes: [...variables].reduce((n, { size }) => n + size, own), usedBytes: used.bytes };
}

let used = { bytes: 0 };

/** Resets the count for a new device; the old device's buffers are gone with it. */
export function resetMemoryCount(): void {
  used = { bytes: 0 };
}

/** Counts a buffer until it is destroyed. */
export function countBuffer(buffer: GPUBuffer): GPUBuffer {
  const device = used;
  let liveBytes = buffer.size;
  device.bytes += liveBytes;
  const destroy = buffer.destroy.bind(buffer);
  buffer.destroy = () => {
    device.bytes -= liveBytes;
    liveBytes = 0;
    destroy();
    return undefined;
  };
  return buffer;
}

interface ProgramMemory {
  ownBytes: number;
  variables: readonly GPUBuffer[];
}
const programs = new Set<ProgramMemory>();

/** Counts a program until the returned function is called. */
export function trackProgram(program: ProgramMemory): () => void {
  programs.add(program);
  return () => {
    programs.delete(program);
  };
}
