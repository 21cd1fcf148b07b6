/** Limits and counted calls of a WebGPU device, for tests and the bench. Counts calls at the API itself. */
import { afterCall } from '../../node/dawn';

/** Limits a device's bindings to this many bytes, and refuses larger ones, until `undo`. */
export function capBindings(device: GPUDevice, bytes: number): { undo(): void } {
  const limited = limit(device, 'maxStorageBufferBindingSize', bytes);
  const { createBindGroup } = GPUDevice.prototype;
  GPUDevice.prototype.createBindGroup = function (descriptor) {
    for (const { binding, resource } of descriptor.entries) {
      const { buffer, offset = 0, size = buffer.size - offset } = resource as GPUBufferBinding;
      if (size > bytes) throw new Error(`Binding ${binding} has ${size} bytes, the cap is ${bytes}.`);
    }
    return createBindGroup.call(this, descriptor);
  };
  return {
    undo() {
      limited.undo();
      GPUDevice.prototype.createBindGroup = createBindGroup;
    },
  };
}

/** Makes a device report another limit, until `undo`. */
export function limit(device: GPUDevice, name: keyof GPUSupportedLimits, value: number): { undo(): void } {
  const { limits } = device;
  const limited = new Proxy(limits, {
    get: (real, property): unknown => (property === name ? value : Reflect.get(real, property, real)),
  });
  Object.assign(device, { limits: limited });
  return { undo: () => void Object.assign(device, { limits }) };
}

/** Counts since the last `reset`, except `liveBytes` (now) and `peakBytes` (ever): sizes passed to createBuffer. */
export interface Calls {
  dispatches: number;
  submits: number;
  buffers: number;
  bindGroups: number;
  pipelines: number;
  writes: number;
  liveBytes: number;
  peakBytes: number;
  reset(): void;
}

/** Wraps the prototypes of WebGPU's classes; call it once, after `installDawn`. */
export function countCalls(): Calls {
  const calls: Calls = {
    dispatches: 0,
    submits: 0,
    buffers: 0,
    bindGroups: 0,
    pipelines: 0,
    writes: 0,
    liveBytes: 0,
    peakBytes: 0,
    reset() {
      this.dispatches = this.submits = this.buffers = this.bindGroups = this.pipelines = this.writes = 0;
    },
  };
  afterCall(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => calls.dispatches++);
  afterCall(GPUQueue.prototype, 'submit', () => calls.submits++);
  afterCall(GPUQueue.prototype, 'writeBuffer', () => calls.writes++);
  afterCall(GPUDevice.prototype, 'createBindGroup', () => calls.bindGroups++);
  afterCall(GPUDevice.prototype, 'createComputePipeline', () => calls.pipelines++);
  afterCall(GPUDevice.prototype, 'createComputePipelineAsync', () => calls.pipelines++);
  afterCall(GPUDevice.prototype, 'createBuffer', (buffer: GPUBuffer) => {
    let alive = buffer.size;
    calls.buffers++;
    calls.liveBytes += alive;
    calls.peakBytes = Math.max(calls.peakBytes, calls.liveBytes);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      calls.liveBytes -= alive;
      alive = 0;
      destroy();
      return undefined;
    };
  });
  return calls;
}
