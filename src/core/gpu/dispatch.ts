/** Our own WGSL kernels: several outputs, in-place updates, constant sizes. They mix freely with TensorFlow.js's. */
import type { TensorInfo } from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { badSettings, HomegrownError } from '../base/errors';
import { declareCost, expectedMs, workOf } from './cost';
import { bufferOf, encodeDispatch, forgetValues, webgpu } from './tfjs';

/** Access of a kernel to a buffer. `update`: read and written in place; `write`: written, never read first. */
export type Access = 'read' | 'write' | 'update';
export type Element = 'f32' | 'i32' | 'u32' | 'vec2f' | 'vec2u' | 'vec4f';

/** Everything but the data. Made once per shape, since all sizes are constants in `code`. */
export interface Kernel<Name extends string = string> {
  /** Name for labels and tables: 'linear.forward'. */
  name: string;
  /** One array per entry, under its name in the shader, in this order. */
  bindings: { readonly [name in Name]?: readonly [Access, Element] };
  /** Threads of a workgroup. `main` has `group`, `local` (vec3u), `lane` (in workgroup), `sublane` (in subgroup). */
  workgroup: readonly [number, number, number];
  /** Number of workgroups; at most 65,535 per dimension. */
  grid: readonly [number, number, 1];
  /** Multiplications and additions of the whole grid, by the op's definition; absent if memory bounds the time. */
  flops?: number;
  /** Number of 32-bit words that all threads read from workgroup memory for those operations. */
  words?: number;
  /** Text before `main`: workgroup memory, functions. */
  globals?: string;
  /**
   * Body of `main`. `index`: index of the workgroup. `zero`: 0, unknown to the compiler, so a loop that starts there
   * isn't unrolled: on a CPU, an unrolled loop takes several times as long to compile and isn't faster.
   */
  body: string;
  enable?: readonly ('f16' | 'subgroups')[];
}

/** Part of a tensor: elements of 4 bytes, `from` a multiple of 64. */
export interface Slice {
  tensor: TensorInfo;
  from: number;
  length: number;
}
export type Operand = TensorInfo | Slice;

/**
 * Encodes one run of a kernel after everything encoded before. Splits a dispatch that might take too long into several,
 * each with some of the workgroups. No kernel depends on other workgroups or on the dispatch's size.
 * @throws {HomegrownError} 'bad-settings' if the kernel needs more workgroups than the device allows
 */
export function dispatch<Name extends string>(
  kernel: Kernel<Name>,
  operands: { readonly [name in Name]?: Operand | undefined },
): void {
  const backend = webgpu();
  const { device } = backend;
  const bindings = bindingEntries(kernel);
  const orderedOperands = bindings.map(([name]): Operand => {
    const operand: Operand | undefined = operands[name as Name];
    if (!operand) throw new HomegrownError('bug', `Kernel ${kernel.name} was called without ${name}.`);
    return operand;
  });
  const entries = orderedOperands.map((operand, binding) => ({ binding, resource: resource(operand) }));
  const tensors = orderedOperands.map((operand) => (isSlice(operand) ? operand.tensor : operand));
  const sizes = entries.map(({ binding, resource: { buffer, size } }) => ({ binding, size: size ?? buffer.size }));
  const ms = expectedMs(workOf(pipelineOf(backend, kernel), sizes, kernel.grid));
  for (const { origin, grid } of splitGrid(kernel.grid, ms / (maxDispatchMs.get(backend) ?? Infinity))) {
    const pipeline = pipelineOf(backend, kernel, origin);
    const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    encodeDispatch(pipeline, group, grid, tensors);
  }
  bindings.forEach(([, [access]], i) => {
    if (access !== 'read') forgetValues(tensors[i]!);
  });
}

/** Maximum expected milliseconds of a dispatch on a slow GPU. */
const maxDispatchMs = new WeakMap<WebGPUBackend, number>();
export const limitDispatches = (backend: WebGPUBackend, ms: number): void => void maxDispatchMs.set(backend, ms);

type Pair = readonly [number, number];

/** Splits the workgroups of a grid along one side into at least `n` ranges, or as many as that side allows. */
function splitGrid([x, y]: Kernel['grid'], n: number): { origin: Pair; grid: Kernel['grid'] }[] {
  if (n <= 1) return [{ origin: [0, 0], grid: [x, y, 1] }];
  const isAlongY = y >= Math.min(n, x);
  const total = isAlongY ? y : x;
  const count = Math.ceil(total / Math.max(1, Math.floor(total / n)));
  const perRange = Math.ceil(total / count);
  return Array.from({ length: Math.ceil(total / perRange) }, (_, i) => {
    const [from, length] = [i * perRange, Math.min(perRange, total - i * perRange)];
    return isAlongY ? { origin: [0, from], grid: [x, length, 1] } : { origin: [from, 0], grid: [length, y, 1] };
  });
}

const bindingEntries = ({ bindings }: Kernel): [string, readonly [Access, Element]][] =>
  Object.entries(bindings as Record<string, readonly [Access, Element]>);

const isSlice = (operand: Operand): operand is Slice => 'tensor' in operand;

function resource(operand: Operand): GPUBufferBinding {
  if (!isSlice(operand)) return { buffer: bufferOf(operand) };
  return { buffer: bufferOf(operand.tensor), offset: operand.from * 4, size: operand.length * 4 };
}

/** Returns a memoized function that makes kernels: its arguments are all that a kernel depends on. */
export function kernels<A extends readonly unknown[], Name extends string>(
  make: (...sizes: A) => Kernel<Name>,
): (...sizes: A) => Kernel<Name> {
  const cache = new Map<string, Kernel<Name>>();
  return (...sizes) => {
    const key = JSON.stringify(sizes);
    let kernel = cache.get(key);
    if (!kernel) cache.set(key, (kernel = make(...sizes)));
    return kernel;
  };
}

/** Grid of `n` workgroups in a row. `index` in the shader is `group.x + group.y * 32768`, to be checked against n. */
export const row = (n: number): [number, number, 1] => (n <= ROW ? [n, 1, 1] : [ROW, Math.ceil(n / ROW), 1]);
const ROW = 32_768;

/** Runs a kernel's lines for every `i` below `n`, with one thread for each. */
export const overElements = (n: number, lines: string) => ({
  workgroup: [256, 1, 1] as const,
  grid: row(Math.ceil(n / 256)),
  body: `
  let i = index * 256u + lane;
  if (i >= ${n}u) { return; }
  ${lines}`,
});

/** Views `n` contiguous numbers four at a time if 4 divides n: `count` elements of `type`, `width` numbers each. */
export const inFours = (n: number) =>
  n % 4 === 0
    ? { type: 'vec4f' as const, width: 4 as const, count: n / 4 }
    : { type: 'f32' as const, width: 1 as const, count: n };

/** Pipelines by kernel and by code: equal kernels that are made twice share a pipeline. */
interface Pipelines {
  byKernel: WeakMap<Kernel, GPUComputePipeline>;
  byCode: Map<string, GPUComputePipeline>;
}
const pipelines = new WeakMap<WebGPUBackend, Pipelines>();

/** Returns the pipeline for the workgroups from `origin` on. */
function pipelineOf(backend: WebGPUBackend, kernel: Kernel, origin: Pair = [0, 0]): GPUComputePipeline {
  let cached = pipelines.get(backend);
  if (!cached) pipelines.set(backend, (cached = { byKernel: new WeakMap(), byCode: new Map() }));
  const isFirst = origin[0] + origin[1] === 0;
  let result = isFirst ? cached.byKernel.get(kernel) : undefined;
  if (result) return result;
  const code = wgsl(kernel, origin);
  result = cached.byCode.get(code) ?? createPipeline(backend.device, kernel, code);
  cached.byCode.set(code, result);
  if (isFirst) cached.byKernel.set(kernel, result);
  return result;
}

function createPipeline(device: GPUDevice, kernel: Kernel, code: string): GPUComputePipeline {
  const { name: label, grid, flops = 0, words = 0 } = kernel;
  const max = device.limits.maxComputeWorkgroupsPerDimension;
  if (grid.some((n) => n > max)) {
    throw badSettings(
      `${label} needs ${grid.join(' x ')} workgroups; this GPU allows ${max} per dimension.`,
      'Use a smaller batch or a shorter context.',
    );
  }
  const module = device.createShaderModule({ label, code });
  const pipeline = device.createComputePipeline({ label, layout: 'auto', compute: { module, entryPoint: 'main' } });
  const updates = bindingEntries(kernel).flatMap(([, [access]], binding) => (access === 'update' ? [binding] : []));
  declareCost(pipeline, { flops, words, updates: new Set(updates), workgroups: grid[0] * grid[1] });
  return pipeline;
}

function wgsl(kernel: Kernel, [x, y]: Pair): string {
  const { workgroup, grid, globals = '', body, enable = [] } = kernel;
  const isWhole = x + y === 0;
  const declarations = bindingEntries(kernel).map(
    ([name, [access, element]], i) =>
      `@group(0) @binding(${i}) var<storage, ${access === 'read' ? 'read' : 'read_write'}> ${name}: array<${element}>;`,
  );
  return `${enable.map((feature) => `enable ${feature};\n`).join('')}${declarations.join('\n')}
${globals}
@compute @workgroup_size(${workgroup.join(', ')})
fn main(
  @builtin(workgroup_id) ${isWhole ? 'group' : 'in_range'}: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,${enable.includes('subgroups') ? '\n  @builtin(subgroup_invocation_id) sublane: u32,' : ''}
) {
${isWhole ? '' : `  let group = in_range + vec3u(${x}, ${y}, 0);\n`}  let index = group.x + group.y * ${grid[0]}u;
  let zero = group.z;
${body}
}
`;
}
