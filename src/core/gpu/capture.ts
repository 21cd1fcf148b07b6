/**
 * Traces a step at the WebGPU API without executing it.
 *
 * The step runs once against a device that only records the calls. The recorder sees no values (a traced step must not
 * read a tensor), only pipelines, bindings, dispatches and copies. So it captures any TensorFlow.js code, fused or not.
 */
import { HomegrownError } from '../base/errors';
import { bufferBinding, isPlaceholder, overlay, placeholder, type Placeholder } from './buffer';
import { type Work, workOf } from './cost';
import type { Pipeline } from './pipeline';
import { type BufferManager, type Cached, webgpu, withDevice } from './tfjs';

export type Command = Dispatch | Copy;
export interface Dispatch {
  kind: 'dispatch';
  pipeline: Pipeline;
  layout: GPUBindGroupLayout;
  bindings: readonly Binding[];
  grid: readonly [number, number, number];
  work: Work;
}
export interface Binding {
  binding: number;
  buffer: GPUBuffer;
  offset: number;
  size: number;
  writes: boolean;
}
export interface Copy {
  kind: 'copy';
  from: GPUBuffer;
  fromOffset: number;
  to: GPUBuffer;
  toOffset: number;
  bytes: number;
}
interface Trace {
  /** Buffers made inside are placeholders without a place, one per tensor; all others outlive the step. */
  commands: readonly Command[];
  /** Tensors whose cached values on the host are stale after the step. */
  written: ReadonlySet<Cached>;
}

/** @throws {HomegrownError} 'bug' if the step reads a tensor or writes a buffer that outlives it: a replay can't */
export function trace(step: () => void): Trace {
  const backend = webgpu();
  const commands: Command[] = [];
  const written = withDevice(backend, recorder(backend.device, commands), step);
  return { commands, written };
}

interface Group {
  layout: GPUBindGroupLayout;
  entries: GPUBindGroupEntry[];
}

function recorder(realDevice: GPUDevice, commands: Command[]) {
  const createBuffer = ({ size, usage, mappedAtCreation }: GPUBufferDescriptor) =>
    placeholder(size, usage, mappedAtCreation ?? false);
  const queue = {
    submit: () => undefined,
    writeBuffer(buffer: GPUBuffer, offset: number, data: GPUAllowSharedBufferSource, start = 0, length?: number) {
      if (!isUnplaced(buffer)) refuse('writes a buffer that outlives it');
      buffer.initial ??= new ArrayBuffer(buffer.size);
      const unit = ArrayBuffer.isView(data) && 'BYTES_PER_ELEMENT' in data ? Number(data.BYTES_PER_ELEMENT) : 1;
      const bytes = ArrayBuffer.isView(data)
        ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
        : new Uint8Array(data);
      const end = length === undefined ? undefined : (start + length) * unit;
      new Uint8Array(buffer.initial).set(bytes.subarray(start * unit, end), offset);
    },
    onSubmittedWorkDone: () => refuse('waits for the GPU'),
  };
  const bufferManager: BufferManager = {
    // Recycles nothing: with one buffer per tensor, the planner sees exact lifetimes.
    acquireBuffer: (size, usage, mappedAtCreation = false) => createBuffer({ size, usage, mappedAtCreation }),
    releaseBuffer: () => undefined,
    dispose: () => undefined,
    numBytesUsed: 0,
    numBytesAllocated: 0,
  };
  const device = overlay(realDevice, {
    queue,
    createBuffer,
    createBindGroup: ({ layout, entries }: GPUBindGroupDescriptor): Group => ({ layout, entries: [...entries] }),
    createCommandEncoder: () => ({
      beginComputePass: () => passRecorder(commands),
      copyBufferToBuffer(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number) {
        if (to.usage & GPUBufferUsage.MAP_READ) refuse('reads a tensor');
        commands.push({ kind: 'copy', from, fromOffset, to, toOffset, bytes });
      },
      finish: () => ({}),
    }),
  });
  return { device, queue: queue as unknown as GPUQueue, bufferManager };
}

function passRecorder(commands: Command[]) {
  let pipeline: Pipeline | undefined;
  let group: Group | undefined;
  return {
    setPipeline: (next: Pipeline) => (pipeline = next),
    setBindGroup: (_index: number, next: Group) => (group = next),
    dispatchWorkgroups(x: number, y = 1, z = 1) {
      if (!pipeline || !group) return refuse('dispatches without a pipeline');
      const { writes } = pipeline;
      const bindings = group.entries.map((entry) => toBinding(entry, writes));
      const grid = [x, y, z] as const;
      const work = workOf(pipeline, bindings, grid);
      commands.push({ kind: 'dispatch', pipeline, layout: group.layout, bindings, grid, work });
    },
    end: () => undefined,
  };
}

function toBinding(entry: GPUBindGroupEntry, writes: ReadonlySet<number>): Binding {
  const bufferRange = bufferBinding(entry) ?? refuse('uses a texture');
  const { buffer, offset = 0 } = bufferRange;
  const size = bufferRange.size ?? buffer.size - offset;
  return { binding: entry.binding, buffer, offset, size, writes: writes.has(entry.binding) };
}

/** Returns whether the buffer was made inside the traced step. */
export const isUnplaced = (buffer: GPUBuffer): buffer is Placeholder => isPlaceholder(buffer) && !buffer.place;

function refuse(what: string): never {
  throw new HomegrownError('bug', `This step cannot be traced: it ${what}.`);
}
