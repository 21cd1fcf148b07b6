/**
 * A WebGPU that computes nothing and records its calls, so that another implementation can replay them. Its device has
 * the default limits of the specification and no optional feature.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { globals } from 'webgpu';

/** Bytes of `data.bin`. */
interface Range {
  at: number;
  bytes: number;
}
interface BoundBuffer {
  binding: number;
  buffer: number;
  offset: number;
  size: number;
}
/** Calls in order. Buffers, layouts, pipelines and groups are known by `id`, modules by their index. */
type Call =
  | { call: 'buffer'; id: number; size: number; usage: number; data?: Range }
  | { call: 'layout'; id: number; entries: readonly { binding: number; type: GPUBufferBindingType }[] }
  | { call: 'pipeline'; id: number; module: number; entry: string; layout: number }
  | { call: 'group'; id: number; layout: number; entries: readonly BoundBuffer[] }
  | { call: 'write'; buffer: number; offset: number; data: Range }
  | { call: 'submit'; commands: readonly Command[] }
  | { call: 'read'; buffer: number };
type Command =
  | { copy: number; fromOffset: number; to: number; toOffset: number; bytes: number }
  | { dispatch: readonly [number, number, number]; pipeline: number; group: number };

interface PipelineDescriptor {
  layout: { id: number };
  compute: { module: { module: number }; entryPoint: string };
}
interface Module {
  /** Name of the kernel, with its first user. */
  name: string;
  code: string;
}

export interface Recording {
  /** Shaders, each once by its code. */
  modules: readonly Module[];
  /** Sets the user of the next kernels. */
  usedBy(user: string): void;
  /** Writes `program.json`, and `data.bin` if there is data, into the folder. */
  save(folder: string): void;
}

/** Limits of compute shaders from https://www.w3.org/TR/webgpu/#limits. */
const DEFAULT_LIMITS = {
  maxBindGroups: 4,
  maxBindingsPerBindGroup: 1000,
  maxDynamicUniformBuffersPerPipelineLayout: 8,
  maxDynamicStorageBuffersPerPipelineLayout: 4,
  maxStorageBuffersPerShaderStage: 8,
  maxUniformBuffersPerShaderStage: 12,
  maxUniformBufferBindingSize: 65_536,
  maxStorageBufferBindingSize: 134_217_728,
  minUniformBufferOffsetAlignment: 256,
  minStorageBufferOffsetAlignment: 256,
  maxBufferSize: 268_435_456,
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
  maxComputeWorkgroupsPerDimension: 65_535,
} as const;

/** Makes `navigator.gpu` the recorder. `what`: records only pipelines if nothing will run. */
export function installRecorder(what: 'pipelines' | 'all'): Recording {
  const modules: Module[] = [];
  const calls: Call[] = [];
  const data: Uint8Array[] = [];
  let dataBytes = 0;
  let user = '';
  let ids = 0;

  const record = (call: Call): void => {
    if (what === 'all' || call.call === 'layout' || call.call === 'pipeline') calls.push(call);
  };
  const held = (bytes: Uint8Array): Range => {
    const range = { at: dataBytes, bytes: bytes.byteLength };
    if (what === 'all') {
      data.push(bytes.slice());
      dataBytes += bytes.byteLength;
    }
    return range;
  };

  class RecordedBuffer {
    readonly id = ids++;
    readonly label = '';
    private mapped: ArrayBuffer | undefined;
    constructor(
      readonly size: number,
      readonly usage: number,
      mappedAtCreation: boolean,
    ) {
      if (mappedAtCreation) this.mapped = new ArrayBuffer(size);
      else record({ call: 'buffer', id: this.id, size, usage });
    }
    get mapState(): GPUBufferMapState {
      return this.mapped ? 'mapped' : 'unmapped';
    }
    mapAsync(): Promise<undefined> {
      record({ call: 'read', buffer: this.id });
      // The contents are unknown, so each number is its own index, which shows what the engine reads it as.
      this.mapped = Float32Array.from({ length: this.size / 4 }, (_, i) => i).buffer;
      return Promise.resolve(undefined);
    }
    getMappedRange(): ArrayBuffer {
      return this.mapped!;
    }
    unmap(): void {
      if ((this.usage & GPUBufferUsage.MAP_READ) === 0) {
        const { id, size, usage } = this;
        record({ call: 'buffer', id, size, usage, data: held(new Uint8Array(this.mapped!)) });
      }
      this.mapped = undefined;
    }
    destroy(): void {
      // A replay keeps its buffers to the end.
    }
  }

  const queue = {
    writeBuffer(
      buffer: RecordedBuffer,
      offset: number,
      from: ArrayBuffer | ArrayBufferView,
      start = 0,
      length?: number,
    ) {
      const isView = ArrayBuffer.isView(from);
      const unit = isView && 'BYTES_PER_ELEMENT' in from ? Number(from.BYTES_PER_ELEMENT) : 1;
      const bytes = isView ? new Uint8Array(from.buffer, from.byteOffset, from.byteLength) : new Uint8Array(from);
      const end = length === undefined ? undefined : (start + length) * unit;
      record({ call: 'write', buffer: buffer.id, offset, data: held(bytes.subarray(start * unit, end)) });
    },
    submit(encoded: readonly (readonly Command[])[]) {
      record({ call: 'submit', commands: encoded.flat() });
    },
    onSubmittedWorkDone: () => Promise.resolve(undefined),
  };

  const byCode = new Map<string, number>();
  const device = {
    limits: DEFAULT_LIMITS,
    features: new Set<string>(),
    queue,
    lost: new Promise(() => undefined),
    addEventListener: () => undefined,
    pushErrorScope: () => undefined,
    popErrorScope: () => Promise.resolve(null),
    destroy: () => undefined,
    createBuffer: ({ size, usage, mappedAtCreation = false }: GPUBufferDescriptor) =>
      new RecordedBuffer(size, usage, mappedAtCreation),
    createShaderModule({ label = '', code }: GPUShaderModuleDescriptor) {
      const module =
        byCode.get(code) ?? modules.push({ name: [user, label || 'stock'].filter(Boolean).join(': '), code }) - 1;
      byCode.set(code, module);
      return { module };
    },
    createBindGroupLayout({ entries }: GPUBindGroupLayoutDescriptor) {
      const id = ids++;
      const types = Array.from(entries, ({ binding, buffer }) => ({ binding, type: buffer!.type! }));
      record({ call: 'layout', id, entries: types });
      return { id };
    },
    createPipelineLayout: ({ bindGroupLayouts: [layout] }: { bindGroupLayouts: { id: number }[] }) => layout,
    createComputePipeline({ layout, compute: { module, entryPoint: entry } }: PipelineDescriptor) {
      const id = ids++;
      record({ call: 'pipeline', id, module: module.module, entry, layout: layout.id });
      return { id };
    },
    createComputePipelineAsync: (descriptor: PipelineDescriptor) =>
      Promise.resolve(device.createComputePipeline(descriptor)),
    createBindGroup({ layout, entries }: { layout: { id: number }; entries: GPUBindGroupEntry[] }) {
      const id = ids++;
      const bound = entries.map(({ binding, resource }): BoundBuffer => {
        const {
          buffer,
          offset = 0,
          size,
        } = ('buffer' in resource ? resource : { buffer: resource }) as GPUBufferBinding;
        return {
          binding,
          buffer: (buffer as unknown as RecordedBuffer).id,
          offset,
          size: size ?? buffer.size - offset,
        };
      });
      record({ call: 'group', id, layout: layout.id, entries: bound });
      return { id };
    },
    createCommandEncoder() {
      const commands: Command[] = [];
      return {
        beginComputePass: () => passOver(commands),
        copyBufferToBuffer(
          from: RecordedBuffer,
          fromOffset: number,
          to: RecordedBuffer,
          toOffset: number,
          bytes: number,
        ) {
          commands.push({ copy: from.id, fromOffset, to: to.id, toOffset, bytes });
        },
        finish: () => commands,
      };
    },
  };
  const adapter = {
    info: {
      vendor: '',
      architecture: '',
      device: '',
      description: 'a GPU as every WebGPU has one',
      isFallbackAdapter: false,
    },
    limits: DEFAULT_LIMITS,
    features: new Set<string>(),
    requestDevice: () => Promise.resolve(device),
  };
  Object.assign(globalThis, globals, { GPUBuffer: RecordedBuffer });
  const gpu = { requestAdapter: () => Promise.resolve(adapter) };
  Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'node', gpu }, configurable: true });

  return {
    modules,
    usedBy: (next) => (user = next),
    save(folder) {
      writeFileSync(join(folder, 'program.json'), JSON.stringify({ limits: DEFAULT_LIMITS, modules, calls }));
      writeFileSync(join(folder, 'data.bin'), Buffer.concat(data));
    },
  };
}

function passOver(commands: Command[]) {
  let [pipeline, group] = [-1, -1];
  return {
    setPipeline: ({ id }: { id: number }) => void (pipeline = id),
    setBindGroup: (_index: number, { id }: { id: number }) => void (group = id),
    dispatchWorkgroups: (x: number, y = 1, z = 1) => void commands.push({ dispatch: [x, y, z], pipeline, group }),
    end: () => undefined,
  };
}
