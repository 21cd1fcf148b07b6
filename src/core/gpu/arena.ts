/**
 * Packs tensors into one buffer. Then one kernel can process all of them (optimizer, gradient norm), and one write can
 * fill all of them (a step's inputs).
 */
import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { HomegrownError } from '../base/errors';
import { isPlaceholder, placeOf, placeholder } from './buffer';
import type { Operand } from './dispatch';
import { bufferOf, emptyTensor, encodeCopy, forgetValues, tensorOver, webgpu } from './tfjs';

/** Alignment of each tensor in an arena, in elements. */
export const BLOCK = 64; // 256 bytes, the largest alignment that WebGPU asks for

/**
 * Stretch of elements that fits one binding: adjacent tensors, or a part of one tensor that is larger than a binding.
 * Lengths and offsets in elements of 4 bytes.
 */
interface Run {
  first: number;
  /** Start of each tensor from `first` on. */
  offsets: readonly number[];
  /** Number of elements of tensor `first` before the run; nonzero only if that tensor is larger than a binding. */
  from: number;
  elements: number;
}

/** Lays out tensors of these sizes in order, in as few runs as the device's bindings allow. */
export function layout(sizes: readonly number[], limit = bindingElements()): Run[] {
  const runs: { first: number; offsets: number[]; from: number; elements: number }[] = [];
  let isOpen = false; // the last run takes more tensors
  sizes.forEach((size, first) => {
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    if (padded > limit) {
      runs.push(...pieces(size, limit).map((piece) => ({ ...piece, first, offsets: [0] })));
      isOpen = false;
      return;
    }
    let run = isOpen ? runs.at(-1)! : undefined;
    if (!run || run.elements + padded > limit) runs.push((run = { first, offsets: [], from: 0, elements: 0 }));
    run.offsets.push(run.elements);
    run.elements += padded;
    isOpen = true;
  });
  return runs;
}

/** Splits a tensor into as few parts as bindings allow, each starting at a multiple of `BLOCK * unit` elements. */
export function pieces(size: number, limit = bindingElements(), unit = 1): { from: number; elements: number }[] {
  const step = BLOCK * unit;
  const max = size <= limit ? size : Math.floor(limit / step) * step;
  if (max === 0) throw new HomegrownError('bug', `${step} elements do not fit a binding of ${limit}.`);
  return Array.from({ length: Math.ceil(size / max) }, (_, i) => ({
    from: i * max,
    elements: Math.min(max, size - i * max),
  }));
}

/** Maximum number of 4-byte elements in one binding. */
export const bindingElements = (): number =>
  Math.floor(webgpu().device.limits.maxStorageBufferBindingSize / (4 * BLOCK)) * BLOCK;

/** Returns adjacent tensors of zeros. Disposing the tensors keeps the memory; destroying the buffers frees it. */
export function arena(
  entries: readonly { shape: readonly number[]; dtype: DataType }[],
  device = webgpu().device,
): { tensors: Tensor[]; buffers: readonly GPUBuffer[] } {
  const buffers: GPUBuffer[] = [];
  const sizes = entries.map(({ shape }) => tf.util.sizeFromShape([...shape]));
  const tensors = layout(sizes).flatMap((run) => {
    if (run.from > 0) return [];
    const size = Math.max(run.elements, Math.ceil(sizes[run.first]! / BLOCK) * BLOCK) * 4;
    const buffer = device.createBuffer({ label: 'arena', size, usage: usage() });
    buffers.push(buffer);
    return run.offsets.map((offset, i) => {
      const { shape, dtype } = entries[run.first + i]!;
      return tensorOver(viewOf(buffer, offset * 4, sizes[run.first + i]! * 4), shape, dtype);
    });
  });
  return { tensors, buffers };
}

/** Fills a tensor of an arena from the host. */
export function write(tensor: TensorInfo, data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>): void {
  const { buffer, offset } = placeOf(bufferOf(tensor));
  webgpu().device.queue.writeBuffer(buffer, offset, data);
  forgetValues(tensor);
}

/**
 * Runs `action` over tensors that are changed in place. `lists` have the same sizes, such as weights and their moments.
 * If all lists are contiguous, `action` gets long runs; otherwise one tensor (or a part of one) at a time.
 */
export function overRuns(
  lists: readonly (readonly Tensor[])[],
  action: (run: Run, operands: readonly Operand[]) => void,
): void {
  const sizes = lists[0]!.map(({ size }) => size);
  tf.tidy(() => {
    for (const run of layout(sizes)) {
      const operands = lists.map((list) => viewInPlace(list, run));
      if (operands.every((operand) => operand !== undefined)) action(run, operands);
      else {
        for (const [i] of run.offsets.entries()) {
          const first = run.first + i;
          const tensors = lists.map((list) => list[first]!);
          action({ first, offsets: [0], from: 0, elements: sizes[first]! }, tensors);
        }
      }
    }
  });
}

/**
 * Returns read-only tensors as one operand over the run: in place if they are already contiguous, else copied.
 * The copy belongs to the caller's scope. The operand of a single tensor of a multiple of 4 elements ends with it.
 */
export function contiguous(tensors: readonly Tensor[], run: Run): Operand {
  const first = tensors[run.first]!;
  const isSingle = run.offsets.length === 1 && (first.size % 4 === 0 || first.size === run.elements);
  return viewInPlace(tensors, run) ?? (isSingle ? first : packCopy(tensors, run));
}

/** Returns the operand over tensors that are contiguous in the run's layout; undefined if they aren't. */
function viewInPlace(tensors: readonly Tensor[], run: Run): Operand | undefined {
  const tensor = tensors[run.first]!;
  if (run.from > 0 || run.elements < tensor.size) return { tensor, from: run.from, length: run.elements };
  const buffers = run.offsets.map((_, i) => bufferOf(tensors[run.first + i]!));
  if (!buffers.every((buffer) => isPlaceholder(buffer) && buffer.place)) return undefined;
  const places = buffers.map((buffer) => placeOf(buffer));
  const { buffer, offset } = places[0]!;
  const isSideBySide = places.every((p, i) => p.buffer === buffer && p.offset === offset + run.offsets[i]! * 4);
  return isSideBySide ? tensorOver(viewOf(buffer, offset, run.elements * 4), [run.elements], 'float32') : undefined;
}

/** Copies the tensors into one. In a traced step, the planner elides the copies (gpu/plan.ts). */
function packCopy(tensors: readonly Tensor[], run: Run): Tensor {
  const members = tensors.slice(run.first, run.first + run.offsets.length);
  const existing = packs.get(members[0]!);
  const isSame =
    existing?.members.length === members.length && members.every((tensor, i) => tensor === existing.members[i]);
  if (isSame && !existing.pack.isDisposed) return existing.pack;
  const pack = emptyTensor([run.elements], 'float32');
  members.forEach((tensor, i) => encodeCopy(tensor, pack, run.offsets[i]! * 4, tensor.size * 4));
  packs.set(members[0]!, { members, pack });
  return pack;
}
/** Lets the gradient norm and the optimizer read the same pack: gradients must not change in place between them. */
const packs = new WeakMap<Tensor, { members: readonly Tensor[]; pack: Tensor }>();

/**
 * Returns a table for kernels over a run. Per block of 64 elements: the number that belong to a tensor (the rest is
 * padding), plus `flag` of that tensor times 128. int32 [elements / 64].
 */
export function blocks(tensors: readonly { size: number }[], run: Run, flag: (i: number) => boolean): Tensor {
  const table = new Int32Array(Math.ceil(run.elements / BLOCK));
  run.offsets.forEach((offset, i) => {
    const size = Math.min(tensors[run.first + i]!.size - run.from, run.elements);
    for (let offsetInTensor = 0; offsetInTensor < size; offsetInTensor += BLOCK) {
      table[(offset + offsetInTensor) / BLOCK] =
        Math.min(BLOCK, size - offsetInTensor) + (flag(run.first + i) ? 128 : 0);
    }
  });
  return tf.tensor1d(table, 'int32');
}

function viewOf(buffer: GPUBuffer, offset: number, bytes: number): GPUBuffer {
  const view = placeholder(bytes, buffer.usage);
  view.place = { buffer, offset };
  return view;
}
const usage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
