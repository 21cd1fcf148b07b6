/**
 * Pipelines that are compiled when they are used, not where they are made: several at once before a traced step is replayed,
 * and one on the spot where a kernel is dispatched outside of any.
 *
 * Whoever asks our device for a pipeline gets one of these. Its bindings are read from its code, so that bind groups, a trace
 * and a plan can be made without a compiler, and the device's encoders replace it by what WebGPU has compiled.
 */
import { HomegrownError } from '../base/errors';

/** A shader's text: a module is made of it when a pipeline is. */
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
  /** The bindings that its shader may write; WebGPU does not tell. */
  readonly writes: ReadonlySet<number>;
  private readonly source: Source;
  /** Absent where something other than buffers is bound: a compiler tells then. */
  private readonly bindings: GPUBindGroupLayout | undefined;
  private made: GPUComputePipeline | undefined;
  private compiling: Promise<void> | undefined;

  constructor(
    private readonly device: GPUDevice,
    private readonly descriptor: GPUComputePipelineDescriptor,
  ) {
    this.label = descriptor.label ?? '';
    const { module } = descriptor.compute;
    if (!(module instanceof Source)) throw new HomegrownError('bug', `${this.label} is not a shader of this device.`);
    this.source = module;
    const found = bindingsOf(this.source.code);
    this.writes = new Set(found?.filter(({ buffer }) => buffer.type === 'storage').map(({ binding }) => binding));
    if (found && descriptor.layout === 'auto') {
      this.bindings = device.createBindGroupLayout({ label: this.label, entries: found });
    }
  }

  get isCompiled(): boolean {
    return this.made !== undefined;
  }

  getBindGroupLayout(index: number): GPUBindGroupLayout {
    return index === 0 && this.bindings ? this.bindings : this.now().getBindGroupLayout(index);
  }

  /** Compiled on the spot where it was not yet. What WebGPU has against it is then the device's to tell. */
  now(): GPUComputePipeline {
    return (this.made ??= this.device.createComputePipeline(this.whole()));
  }

  /**
   * Begins to compile it while others do, once for all who ask meanwhile. What fails is not kept.
   * @throws {HomegrownError} 'bug' with the kernel's name and the compiler's words; the device is as good as before
   * @throws {Error} with the same, where it is not the shader that is wrong: the device may be lost
   */
  compiled(): Promise<void> {
    if (this.made) return Promise.resolve();
    return (this.compiling ??= this.compile().finally(() => (this.compiling = undefined)));
  }

  private async compile(): Promise<void> {
    const { device } = this;
    device.pushErrorScope('validation'); // otherwise the device would be blamed for a shader
    const whole = this.whole();
    const scope = device.popErrorScope();
    const [refused, result] = await Promise.allSettled([scope, device.createComputePipelineAsync(whole)]);
    if (result.status === 'fulfilled') {
      this.made ??= result.value;
      return;
    }
    const wrong = (refused.status === 'fulfilled' && refused.value) || undefined;
    const { message, reason } = result.reason as Error & Partial<GPUPipelineError>;
    const words = `Couldn’t compile the kernel ${this.label}: ${(wrong ?? { message }).message.trim()}`;
    throw wrong || reason === 'validation' ? new HomegrownError('bug', words) : new Error(words);
  }

  private whole(): GPUComputePipelineDescriptor {
    const { device, descriptor, bindings } = this;
    return {
      ...descriptor,
      ...(bindings && { layout: device.createPipelineLayout({ bindGroupLayouts: [bindings] }) }),
      compute: { ...descriptor.compute, module: this.source.module() },
    };
  }
}

/** What a shader says of its buffers; undefined where it binds anything else. */
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
