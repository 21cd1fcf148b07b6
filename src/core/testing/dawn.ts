/**
 * WebGPU outside a browser: Dawn as `navigator.gpu`, for kernel tests, the bench and the terminal.
 * With `countCalls`, every call that costs something is counted at the API itself, whoever makes it.
 */
import { create, globals } from 'webgpu';

/** Absent where Node has no adapter at all; then `navigator.gpu.requestAdapter()` gives null, as in a browser. */
export function installDawn(options: { adapter?: string | undefined } = {}): void {
  Object.assign(globalThis, globals);
  restWhileWaiting();
  const flags = ['disable-dawn-features=timestamp_quantization'];
  if (options.adapter !== undefined) flags.push(`adapter=${options.adapter}`);
  const gpu = create(flags);
  const { navigator } = globalThis as { navigator?: object };
  Object.defineProperty(globalThis, 'navigator', {
    value: { userAgent: 'node', ...navigator, gpu },
    configurable: true,
    writable: true,
  });
}

/**
 * While anything is awaited, Dawn's bindings look for it in every turn of Node's event loop, which takes a core
 * (github.com/dawn-gpu/node-webgpu/issues/17): of a software adapter on two cores, half. Let them look so often only while the
 * end may be near, which keeps the times of a fast GPU true, and from then on each millisecond.
 */
function restWhileWaiting(): void {
  let asked = 0;
  const ask = () => void (asked = performance.now());
  after<'mapAsync', Promise<void>>(GPUBuffer.prototype, 'mapAsync', ask);
  after(GPUQueue.prototype, 'onSubmittedWorkDone', ask);
  globalThis.setImmediate = new Proxy(setImmediate, {
    apply(now, self, [act, ...args]: Parameters<typeof setImmediate>) {
      const rest = looks(act) && performance.now() - asked > NEAR_MS;
      return rest ? setTimeout(act, 1) : (Reflect.apply(now, self, [act, ...args]) as unknown);
    },
  });
}
/** How long after work was handed over its end is awaited without a rest: a rest is then at most a fifth of what is measured. */
const NEAR_MS = 5;
/** Whether it is Dawn that looks: nothing else has native functions without a name called. */
const looks = (act: () => void): boolean =>
  act.name === '' && Function.prototype.toString.call(act).endsWith('{ [native code] }');

/** Makes a device have bindings of at most so many bytes, and refuse larger ones, until `undo`. */
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

/** Makes a device say that it has another limit, until `undo`. */
export function limit(device: GPUDevice, name: keyof GPUSupportedLimits, value: number): { undo(): void } {
  const { limits } = device;
  const limited = new Proxy(limits, {
    get: (real, asked): unknown => (asked === name ? value : Reflect.get(real, asked, real)),
  });
  Object.assign(device, { limits: limited });
  return { undo: () => void Object.assign(device, { limits }) };
}

/** Since the last `reset`, except `liveBytes` (now) and `peakBytes` (ever): sizes as asked of createBuffer. */
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
  after(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => calls.dispatches++);
  after(GPUQueue.prototype, 'submit', () => calls.submits++);
  after(GPUQueue.prototype, 'writeBuffer', () => calls.writes++);
  after(GPUDevice.prototype, 'createBindGroup', () => calls.bindGroups++);
  after(GPUDevice.prototype, 'createComputePipeline', () => calls.pipelines++);
  after(GPUDevice.prototype, 'createComputePipelineAsync', () => calls.pipelines++);
  after(GPUDevice.prototype, 'createBuffer', (buffer: GPUBuffer) => {
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

/** Calls `act` with whatever a method gives, whoever calls it. */
export function after<K extends string, R>(
  prototype: Record<K, (...args: never[]) => R>,
  name: K,
  act: (result: R) => void,
): void {
  const original = prototype[name];
  prototype[name] = function (this: unknown, ...args: never[]) {
    const result = original.apply(this, args);
    act(result);
    return result;
  };
}
