/**
 * Tensors side by side in one buffer, so that one kernel can go over all of them (the optimizer, the norm of a gradient)
 * and one write can fill all of them (a step's inputs).
 */
import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { isStandIn, placeOf, standIn } from './buffer';
import { bufferOf, emptyTensor, encodeCopy, forgetValues, tensorOver, webgpu } from './tfjs';

/** Where a kernel that goes over an arena finds its tensors: each starts at a multiple of this many elements. */
export const BLOCK = 64; // 256 bytes, the largest alignment that WebGPU asks for

/** A stretch of tensors that fits one binding; `offsets` in elements of 4 bytes, for tensors `first...`. */
export interface Run {
  first: number;
  offsets: readonly number[];
  elements: number;
}

/** How tensors of these sizes lie, in order: as few runs as the device's bindings allow. */
export function layout(sizes: readonly number[], limit = webgpu().device.limits.maxStorageBufferBindingSize): Run[] {
  const runs: { first: number; offsets: number[]; elements: number }[] = [];
  sizes.forEach((size, i) => {
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    let run = runs.at(-1);
    if (!run || (run.elements + padded) * 4 > limit) runs.push((run = { first: i, offsets: [], elements: 0 }));
    run.offsets.push(run.elements);
    run.elements += padded;
  });
  return runs;
}

/** Tensors of zeros side by side. Disposing them leaves the memory; `destroy` frees it. */
export function arena(
  entries: readonly { shape: readonly number[]; dtype: DataType }[],
  device = webgpu().device,
): { tensors: Tensor[]; buffers: readonly GPUBuffer[] } {
  const buffers: GPUBuffer[] = [];
  const tensors = layout(entries.map(({ shape }) => tf.util.sizeFromShape([...shape]))).flatMap((run) => {
    const buffer = device.createBuffer({ label: 'arena', size: run.elements * 4, usage: usage() });
    buffers.push(buffer);
    return run.offsets.map((offset, i) => {
      const { shape, dtype } = entries[run.first + i]!;
      const bytes = tf.util.sizeFromShape([...shape]) * 4;
      return tensorOver(part(buffer, offset * 4, bytes), shape, dtype);
    });
  });
  return { tensors, buffers };
}

/** Fills a tensor of an arena from the host. */
export function write(tensor: TensorInfo, data: Float32Array<ArrayBuffer>): void {
  const { buffer, offset } = placeOf(bufferOf(tensor));
  webgpu().device.queue.writeBuffer(buffer, offset, data);
  forgetValues(tensor);
}

/** One tensor over all of these where they lie as `layout` says, else undefined. */
export function whole(tensors: readonly TensorInfo[], run: Run): Tensor | undefined {
  const buffers = run.offsets.map((_, i) => bufferOf(tensors[run.first + i]!));
  if (!buffers.every((buffer) => isStandIn(buffer) && buffer.place)) return undefined;
  const places = buffers.map((buffer) => placeOf(buffer));
  const { buffer, offset } = places[0]!;
  const together = places.every((p, i) => p.buffer === buffer && p.offset === offset + run.offsets[i]! * 4);
  return together ? tensorOver(part(buffer, offset, run.elements * 4), [run.elements], 'float32') : undefined;
}

/** The tensors copied side by side. In a traced step they are made there in the first place. */
export function packed(tensors: readonly Tensor[], run: Run): Tensor {
  const members = tensors.slice(run.first, run.first + run.offsets.length);
  const known = packs.get(members[0]!);
  if (known?.members.every((tensor, i) => tensor === members[i]) && !known.pack.isDisposed) return known.pack;
  const pack = emptyTensor([run.elements], 'float32');
  members.forEach((tensor, i) => encodeCopy(tensor, pack, run.offsets[i]! * 4, tensor.size * 4));
  packs.set(members[0]!, { members, pack });
  return pack;
}
/** So that the norm of the gradients and the optimizer read the same pack. */
const packs = new WeakMap<Tensor, { members: readonly Tensor[]; pack: Tensor }>();

/**
 * For kernels over a pack: per block of 64 elements, how many of them are a tensor's (the rest is padding), plus `flag`
 * of that tensor times 128. int32 [elements / 64].
 */
export function blocks(tensors: readonly { size: number }[], run: Run, flag: (i: number) => boolean): Tensor {
  const table = new Int32Array(run.elements / BLOCK);
  run.offsets.forEach((offset, i) => {
    const { size } = tensors[run.first + i]!;
    for (let done = 0; done < size; done += BLOCK) {
      table[(offset + done) / BLOCK] = Math.min(BLOCK, size - done) + (flag(run.first + i) ? 128 : 0);
    }
  });
  return tf.tensor1d(table, 'int32');
}

function part(buffer: GPUBuffer, offset: number, bytes: number): GPUBuffer {
  const stand = standIn(bytes, buffer.usage);
  stand.place = { buffer, offset };
  return stand;
}
const usage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
