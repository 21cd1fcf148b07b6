/**
 * Compiles pipelines on use, not on creation: several at once before a traced step is replayed, and on the spot when a
 * kernel is dispatched outside a traced step.
 *
 * Our device returns these wrappers for every pipeline. A wrapper reads its bindings from the shader's code, so bind
 * groups, traces and plans need no compiler. The device's encoders replace the wrapper by the compiled pipeline.
 */
import { HomegrownError } from '../base/errors';

/** Text of a shader; becomes a module when its pipeline is compiled. */
export class Source implements GPUShaderModule {
  declare readonly __brand: 'GPUShaderModule';
  readonly label: string;
  readonly code: string;

  constructor(
    private readonly device: GPUDevice,
    { label = '', code }: GPUShaderModuleDescriptor,
  ) {
    this.label = label;
    this.code = code;
  }

  module(): GPUShaderModule {
    return this.device.createShaderModule({ label: this.label, code: this.code });
  }
  getCompilationInfo(): Promise<GPUCompilationInfo> {
    return this.module().getCompilationInfo();
  }
}

export class Pipeline implements GPUComputePipeline {
  declare readonly __brand: 'GPUComputePipeline';
  /** The kernel's name. */
  readonly label: string;
  /** Bindings that the shader may write; WebGPU doesn't report them. */
  readonly writes: ReadonlySet<number>;
  private readonly source: Source;
  /** Absent if the shader binds something other than buffers: then the compiled pipeline reports them. */
  private readonly bindings: GPUBindGroupLayout | undefined;
  private pipeline: GPUComputePipeline | undefined;
  private compiling: Promise<void> | undefined;

  constructor(
    private readonly device: GPUDevice,
    private readonly descriptor: GPUComputePipelineDescriptor,
  ) {
    this.label = descriptor.label ?? '';
    const { module } = descriptor.compute;
    if (!(module instanceof Source)) throw new HomegrownError('bug', `${this.label} is not a shader of this device.`);
    this.source = module;
    const entries = bindingsOf(this.source.code);
    this.writes = new Set(entries?.filter(({ buffer }) => buffer.type === 'storage').map(({ binding }) => binding));
    if (entries && descriptor.layout === 'auto') {
      this.bindings = device.createBindGroupLayout({ label: this.label, entries });
    }
  }

  get isCompiled(): boolean {
    return this.pipeline !== undefined;
  }

  getBindGroupLayout(index: number): GPUBindGroupLayout {
    return index === 0 && this.bindings ? this.bindings : this.compileNow().getBindGroupLayout(index);
  }

  /** Returns the compiled pipeline, compiling it on the spot if needed. WebGPU's errors then surface on the device. */
  compileNow(): GPUComputePipeline {
    return (this.pipeline ??= this.device.createComputePipeline(this.fullDescriptor()));
  }

  /**
   * Starts compiling asynchronously, once for all concurrent callers. A failure isn't cached.
   * @throws {HomegrownError} 'bug' with the kernel's name and the compiler's message; the device stays usable
   * @throws {Error} with the same text, if the shader isn't the cause: the device may be lost
   */
  compiled(): Promise<void> {
    if (this.pipeline) return Promise.resolve();
    return (this.compiling ??= this.compile().finally(() => (this.compiling = undefined)));
  }

  private async compile(): Promise<void> {
    const { device } = this;
    device.pushErrorScope('validation'); // keeps a shader's error from being reported as the device's
    const descriptor = this.fullDescriptor();
    const scope = device.popErrorScope();
    const [validation, result] = await Promise.allSettled([scope, device.createComputePipelineAsync(descriptor)]);
    if (result.status === 'fulfilled') {
      this.pipeline ??= result.value;
      return;
    }
    const validationError = (validation.status === 'fulfilled' && validation.value) || undefined;
    const { message, reason } = result.reason as Error & Partial<GPUPipelineError>;
    const text = `Couldn’t compile the kernel ${this.label}: ${(validationError ?? { message }).message.trim()}`;
    throw validationError || reason === 'validation' ? new HomegrownError('bug', text) : new Error(text);
  }

  private fullDescriptor(): GPUComputePipelineDescriptor {
    const { device, descriptor, bindings } = this;
    return {
      ...descriptor,
      ...(bindings && { layout: device.createPipelineLayout({ bindGroupLayouts: [bindings] }) }),
      compute: { ...descriptor.compute, module: this.source.module() },
    };
  }
}

/** Reads a shader's buffer bindings; undefined if it binds anything else. */
function bindingsOf(code: string) {
  const buffers = Array.from(code.matchAll(BUFFER), ([, binding, kind]) => ({
    binding: Number(binding),
    visibility: GPUShaderStage.COMPUTE,
    buffer: {
      type: kind!.startsWith('uniform') ? 'uniform' : kind!.endsWith('read_write') ? 'storage' : READ,
    } as const,
  }));
  return buffers.length === Array.from(code.matchAll(/@binding\(/g)).length ? buffers : undefined;
}
const READ = 'read-only-storage';
const BUFFER = /@binding\((\d+)\)\s*var<(uniform|storage(?:,\s*read(?:_write)?)?)>/g;
