/**
 * Buffers that are not (yet) buffers of their own: parts of a larger one, and those of a traced step.
 *
 * TensorFlow.js binds a tensor's whole buffer. So that a tensor can lie inside a larger buffer (all weights in one, for
 * one AdamW dispatch), it is given a placeholder, and the device it calls replaces the placeholder by its place.
 */
import { counted } from './memory';
import { Pipeline, Source } from './pipeline';

export interface Place {
  buffer: GPUBuffer;
  offset: number;
}

/** Passes `instanceof GPUBuffer`, which TensorFlow.js tests; never reaches WebGPU. */
export interface Placeholder extends GPUBuffer {
  /** Where its bytes are; absent while a step is traced. */
  place?: Place;
  /** What it was created with or written to from the host. */
  initial?: ArrayBuffer;
}

const placeholders = new WeakSet<GPUBuffer>();
export const isPlaceholder = (buffer: GPUBuffer): buffer is Placeholder => placeholders.has(buffer);

export function placeholder(size: number, usage: GPUBufferUsageFlags, mapped = false): Placeholder {
  const buffer = Object.create(GPUBuffer.prototype) as Placeholder;
  let initial: ArrayBuffer | undefined = mapped ? new ArrayBuffer(size) : undefined;
  Object.defineProperties(buffer, {
    size: { value: size },
    usage: { value: usage },
    label: { value: '' },
    place: { value: undefined, writable: true },
    initial: {
      get: () => initial,
      set: (bytes: ArrayBuffer) => {
        initial = bytes;
      },
    },
    mapState: { get: () => (mapped ? 'mapped' : 'unmapped') },
    getMappedRange: { value: () => initial },
    unmap: { value: () => (mapped = false) },
    destroy: { value: () => undefined },
  });
  placeholders.add(buffer);
  return buffer;
}

/** Where bytes `offset...` of a buffer really are. */
export function placeOf(buffer: GPUBuffer, offset = 0): Place {
  if (!isPlaceholder(buffer)) return { buffer, offset };
  if (!buffer.place) throw new Error('This tensor was made inside a traced step and has no memory of its own.');
  return { buffer: buffer.place.buffer, offset: buffer.place.offset + offset };
}

/** The same device, for callers whose buffers may be placeholders. Its pipelines are compiled when they are used. */
export function unwrapPlaceholders(device: GPUDevice): GPUDevice {
  return overlay(device, {
    createBuffer: (descriptor: GPUBufferDescriptor) => counted(device.createBuffer(descriptor)),
    createShaderModule: (descriptor: GPUShaderModuleDescriptor) => new Source(device, descriptor),
    createComputePipeline: (descriptor: GPUComputePipelineDescriptor) => new Pipeline(device, descriptor),
    async createComputePipelineAsync(descriptor: GPUComputePipelineDescriptor) {
      const pipeline = new Pipeline(device, descriptor);
      await pipeline.compiled();
      return pipeline;
    },
    createBindGroup: (d: GPUBindGroupDescriptor) =>
      device.createBindGroup({ ...d, entries: Array.from(d.entries, resolved) }),
    createCommandEncoder(descriptor?: GPUCommandEncoderDescriptor) {
      const encoder = device.createCommandEncoder(descriptor);
      return overlay(encoder, {
        beginComputePass: (d?: GPUComputePassDescriptor) => compiling(encoder.beginComputePass(d)),
        copyBufferToBuffer(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number) {
          const source = placeOf(from, fromOffset);
          const target = placeOf(to, toOffset);
          encoder.copyBufferToBuffer(source.buffer, source.offset, target.buffer, target.offset, bytes);
        },
      });
    },
  });
}

/** A pass that is called too often for an overlay. */
function compiling(pass: GPUComputePassEncoder): GPUComputePassEncoder {
  const setPipeline = pass.setPipeline.bind(pass);
  pass.setPipeline = (pipeline) => setPipeline(pipeline instanceof Pipeline ? pipeline.now() : pipeline);
  return pass;
}

/** `original` with some members replaced. */
export function overlay<T extends object>(original: T, members: object): T {
  return new Proxy(original, {
    get(target, key) {
      if (key in members) return Reflect.get(members, key) as unknown;
      const value = Reflect.get(target, key, target) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** The buffer of a bind group's entry, or nothing for textures and samplers. */
export function bufferBinding({ resource }: GPUBindGroupEntry): GPUBufferBinding | undefined {
  if ('buffer' in resource) return resource;
  return resource instanceof GPUBuffer ? { buffer: resource } : undefined;
}

function resolved(entry: GPUBindGroupEntry): GPUBindGroupEntry {
  const bound = bufferBinding(entry);
  if (!bound || !isPlaceholder(bound.buffer)) return entry;
  const offset = bound.offset ?? 0;
  const size = bound.size ?? bound.buffer.size - offset;
  return { binding: entry.binding, resource: { ...placeOf(bound.buffer, offset), size } };
}
