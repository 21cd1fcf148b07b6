/**
 * WebGPU that only compiles kernels, each form of them once. Stores and computes nothing, because a driver for an
 * emulated GPU has 4 GB and no GPU.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { installDawn } from '../node/dawn';
import type { IsaAdapter, KernelIsa, Needs } from './isa';
import { needsCache, type NeedsCache, sha256 } from './isaCache';

/** Maximum registers per thread on each of these GPUs, in a workgroup of at most 256 threads. */
const REGISTERS = 256;
/**
 * Kernels of one form differ only in whole numbers, mostly sizes. The first of a form represents the others if it needs
 * at most half the registers: of the 5,053 kernels for gfx1150, none needs over 48 more than the first of its form.
 * `bench isa` compiles all.
 */
const MAX_OF_FORM = REGISTERS / 2;
const formOf = (code: string): string => code.replaceAll(/(?<![\w.])\d+(?=u?\b)(?!\.)/g, '#');

export interface Compiler {
  /** Sets the user of the following kernels. `everySize`: compiles every kernel, whatever its form. */
  usedBy(config: string, variant: string, everySize?: boolean): void;
  /**
   * Returns the distinct kernels that were used.
   * @throws Error if the driver did not print a kernel's resources
   */
  kernels(): KernelIsa[];
}

interface Compiled {
  label: string;
  needs: Needs | undefined;
}

/** Installs the compiler; call it once. `printed`: the file that receives standard error with the driver's output. */
export function installCompiler(adapter: IsaAdapter, printed: string, isWhole: boolean): Compiler {
  installDawn();
  let user = { config: '', variant: '', everySize: true };
  const used: KernelIsa[] = [];
  const seen = new Set<unknown>();
  const unknown = new Set<string>();
  let cache: NeedsCache | undefined;
  compileForms(
    (code, compile) => {
      cache ??= needsCache([adapter, ...compilers()]);
      const key = sha256(code);
      const known = cache.get(key);
      if (known) return known;
      const needs = statistics(textAfter(printed, compile));
      if (needs) cache.set(key, needs);
      return needs;
    },
    () => isWhole || user.everySize,
  );
  recordUses(({ label, needs }) => {
    const { config, variant } = user;
    const kernel = variant === '' ? label : `${label}, ${variant}`;
    if (!needs) unknown.add(kernel);
    else {
      const one = { adapter, config, kernel, ...needs };
      const key = JSON.stringify(one);
      if (!seen.has(key)) used.push(one);
      seen.add(key);
    }
  });
  holdNothing();
  return {
    usedBy: (config, variant, everySize = false) => void (user = { config, variant, everySize }),
    kernels() {
      cache?.save();
      if (unknown.size > 0) throw new Error(`The driver does not print what these need: ${[...unknown].join('; ')}.`);
      return used;
    },
  };
}

const pipelines = new WeakMap<object, Compiled>();

/** @param needsOf calls `compile` for code whose resources it does not know */
function compileForms(
  needsOf: (code: string, compile: () => void) => Needs | undefined,
  isEverySizeWanted: () => boolean,
): void {
  const { prototype } = GPUDevice;
  const codes = new WeakMap<object, string>();
  const forms = new Map<string, Needs>();
  const createShaderModule = Reflect.get(prototype, 'createShaderModule');
  const createComputePipeline = Reflect.get(prototype, 'createComputePipeline');
  prototype.createShaderModule = function ({ code }) {
    const module = {} as GPUShaderModule;
    codes.set(module, code);
    return module;
  };
  prototype.createComputePipeline = function (descriptor) {
    const { label = 'stock', compute } = descriptor;
    const code = codes.get(compute.module)!;
    const compile = (): void => {
      const module = createShaderModule.call(this, { label, code });
      createComputePipeline.call(this, { ...descriptor, compute: { ...compute, module } });
    };
    const form = `${label}\n${formOf(code)}`;
    const first = forms.get(form);
    const isSpared = first !== undefined && first.vgprs <= MAX_OF_FORM && !isEverySizeWanted();
    const needs = isSpared ? first : needsOf(`${code}\n${JSON.stringify(compute.constants ?? {})}`, compile);
    if (needs && !first) forms.set(form, needs);
    const pipeline = { label, getBindGroupLayout: () => ({}) } as unknown as GPUComputePipeline;
    pipelines.set(pipeline, { label, needs });
    return pipeline;
  };
  // Compiles one at a time, so that output of the driver does not mix.
  prototype.createComputePipelineAsync = function (descriptor) {
    return Promise.resolve(this.createComputePipeline(descriptor));
  };
}

function recordUses(use: (kernel: Compiled) => void): void {
  const nothing = () => undefined;
  Object.assign(GPUComputePassEncoder.prototype, {
    setPipeline: (pipeline: GPUComputePipeline) => use(pipelines.get(pipeline)!),
    setBindGroup: nothing,
    dispatchWorkgroups: nothing,
  });
  GPUDevice.prototype.createBindGroup = () => ({}) as GPUBindGroup;
  Object.assign(GPUCommandEncoder.prototype, { copyBufferToBuffer: nothing });
  Object.assign(GPUQueue.prototype, { writeBuffer: nothing });
}

/** Gives buffers their size but only a page of memory, except those that the host reads. Mapped ranges share memory. */
function holdNothing(): void {
  const { prototype } = GPUDevice;
  const createBuffer = Reflect.get(prototype, 'createBuffer');
  let scratch = new ArrayBuffer(PAGE);
  prototype.createBuffer = function (descriptor) {
    const { size, usage, mappedAtCreation = false } = descriptor;
    const held = (usage & GPUBufferUsage.MAP_READ) !== 0 ? size : Math.min(size, PAGE);
    const buffer = Object.defineProperty(createBuffer.call(this, { ...descriptor, size: held }), 'size', {
      value: size,
    });
    if (mappedAtCreation && held < size) {
      if (scratch.byteLength < size) scratch = new ArrayBuffer(size);
      buffer.getMappedRange = () => scratch;
    }
    return buffer;
  };
}
/** Bytes per page. */
const PAGE = 4096;

/** Hashes of the loaded libraries that compile: Dawn and the driver. */
function compilers(): string[] {
  const files = readFileSync('/proc/self/maps', 'utf8').match(/\/\S*(?:dawn\.node|libvulkan_\S*\.so|drm_shim\.so)$/gm);
  return [...new Set(files)].sort().map((file) => sha256(readFileSync(file)));
}

/** Text that `act` appends to a file. */
function textAfter(file: string, act: () => void): string {
  const handle = openSync(file, 'r');
  try {
    const from = fstatSync(handle).size;
    act();
    const text = Buffer.alloc(fstatSync(handle).size - from);
    readSync(handle, text, 0, text.length, from);
    return text.toString();
  } finally {
    closeSync(handle);
  }
}

/** Names of the statistics in the driver's output. */
const STATISTICS = {
  vgprs: 'VGPRs',
  spilled: 'Spilled VGPRs',
  scratch: 'Scratch size',
  lds: 'LDS size',
  waves: 'Subgroups per SIMD',
  instructions: 'Instructions',
} as const satisfies Record<keyof Needs, string>;

/** Parses the statistics; undefined if one is missing. */
function statistics(printed: string): Needs | undefined {
  const numbers = Object.entries(STATISTICS).map(([field, name]) => {
    const value = new RegExp(`^${name}: (\\d+)$`, 'm').exec(printed)?.[1];
    return [field, value === undefined ? NaN : Number(value)] as const;
  });
  if (numbers.some(([, value]) => Number.isNaN(value))) return undefined;
  return Object.fromEntries(numbers) as unknown as Needs;
}
