/**
 * Placeholders for buffers: for parts of a larger buffer, and for the buffers of a traced step.
 *
 * TensorFlow.js binds a tensor's whole buffer. A tensor inside a larger buffer (all weights in one, for one AdamW
 * dispatch) gets a placeholder. The device that TensorFlow.js calls replaces the placeholder by its place.
 */
import { countBuffer } from './memory';
import { Pipeline, Source } from './pipeline';

export interface Place {
  buffer: GPUBuffer;
  offset: number;
}

/** Passes TensorFlow.js's `instanceof GPUBuffer` test; never reaches WebGPU. */
export interface Placeholder extends GPUBuffer {
  /** Location of the bytes; absent while a step is traced. */
  place?: Place;
  /** Content that the host wrote, at creation or later. */
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

/** Resolves an offset in a buffer to the real buffer and offset. */
export function placeOf(buffer: GPUBuffer, offset = 0): Place {
  if (!isPlaceholder(buffer)) return { buffer, offset };
  if (!buffer.place) throw new Error('This tensor was made inside a traced step and has no memory of its own.');
  return { buffer: buffer.place.buffer, offset: buffer.place.offset + offset };
}

/** Wraps the device for callers whose buffers may be placeholders. Its pipelines are compiled on first use. */
export function unwrapPlaceholders(device: GPUDevice): GPUDevice {
  return overlay(device, {
    createBuffer: (descriptor: GPUBufferDescriptor) => countBuffer(device.createBuffer(descriptor)),
    createShaderModule: (descriptor: GPUShaderModuleDescriptor) => new Source(device, descriptor),
    createComputePipeline: (descriptor: GPUComputePipelineDescriptor) => new Pipeline(device, descriptor),
    async createComputePipelineAsync(descriptor: GPUComputePipelineDescriptor) {
      const pipeline = new Pipeline(device, descriptor);
      await pipeline.compiled();
      return pipeline;
    },
    createBindGroup: (d: GPUBindGroupDescriptor) =>
      device.createBindGroup({ ...d, entries: Array.from(d.entries, resolveEntry) }),
    createCommandEncoder(descriptor?: GPUCommandEncoderDescriptor) {
      const encoder = device.createCommandEncoder(descriptor);
      return overlay(encoder, {
        beginComputePass: (d?: GPUComputePassDescriptor) => compileOnUse(encoder.beginComputePass(d)),
        copyBufferToBuffer(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number) {
          const source = placeOf(from, fromOffset);
          const target = placeOf(to, toOffset);
          encoder.copyBufferToBuffer(source.buffer, source.offset, target.buffer, target.offset, bytes);
        },
      });
    },
  });
}

/** Patches `setPipeline` of a pass, which is called too often for an overlay. */
function compileOnUse(pass: GPUComputePassEncoder): GPUComputePassEncoder {
  const setPipeline = pass.setPipeline.bind(pass);
  pass.setPipeline = (pipeline) => setPipeline(pipeline instanceof Pipeline ? pipeline.compileNow() : pipeline);
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

/** Returns the buffer of a bind group's entry, or undefined for textures and samplers. */
export function bufferBinding({ resource }: GPUBindGroupEntry): GPUBufferBinding | undefined {
  if ('buffer' in resource) return resource;
  return resource instanceof GPUBuffer ? { buffer: resource } : undefined;
}

function resolveEntry(entry: GPUBindGroupEntry): GPUBindGroupEntry {
  const range = bufferBinding(entry);
  if (!range || !isPlaceholder(range.buffer)) return entry;
  const offset = range.offset ?? 0;
  const size = range.size ?? range.buffer.size - offset;
  return { binding: entry.binding, resource: { ...placeOf(range.buffer, offset), size } };
}
