/** The one file that touches what TensorFlow.js 4.22 keeps private. */
import * as tf from '@tensorflow/tfjs';
import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { HomegrownError } from '../base/errors';

interface Inside {
  device: GPUDevice;
  queue: GPUQueue;
  bufferManager: BufferManager;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
}
/** Where tensors get their buffers; `numBytes...` feed tf.memory(). */
export interface BufferManager {
  numBytesUsed: number;
  numBytesAllocated: number;
  acquireBuffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
  /** Gives back what is kept for reuse. */
  dispose(): void;
}
const inside = (backend: WebGPUBackend): Inside => backend as unknown as Inside;

/** The WebGPU backend that TensorFlow.js runs on now. */
export function webgpu(): WebGPUBackend {
  const backend = tf.backend();
  if (backend instanceof WebGPUBackend) return backend;
  throw new HomegrownError('bug', `A WebGPU kernel was called on the ${tf.getBackend()} backend.`);
}

/** Before the backend's first tensor: its buffers come from here. */
export const takeBuffersFrom = (backend: WebGPUBackend, bufferManager: BufferManager): void =>
  void Object.assign(inside(backend), { bufferManager });

/** Gives back the memory of tensors that were disposed, all of it. */
export function releaseFreed(backend: WebGPUBackend): void {
  flush(backend);
  inside(backend).bufferManager.dispose();
}

/** Whether the op that runs now is on the way to a gradient, so that what its backward needs is worth computing. */
export const gradientWanted = (): boolean => tf.engine().state.gradientDepth > 0;

/** Runs `act`, which takes gradients; where it fails, what was saved for its backward pass would otherwise be kept for good. */
export function leavingNoTape<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { state } = tf.engine();
    const tape = state.activeTape as typeof state.activeTape | null | undefined;
    for (const { saved } of tape ?? []) if (saved) tf.dispose(saved);
    state.activeTape = [];
    throw error;
  }
}

/** Runs `act`, which takes gradients, inside a backward pass: that pass would otherwise find its own tape gone. */
export function onItsOwnTape<T>(act: () => T): T {
  const { state } = tf.engine();
  const { activeTape } = state;
  try {
    return leavingNoTape(act);
  } finally {
    state.activeTape = activeTape;
  }
}

/**
 * Runs `act` where a gradient is wanted, on a tape of its own that is then thrown away.
 * @returns what it gives, and the tensors that it read and had not made, each once
 */
export function readBy<T extends Tensor>(act: () => T): { value: T; read: readonly Tensor[] } {
  const { state } = tf.engine();
  const outer = state.activeTape;
  const tape: typeof outer = [];
  state.activeTape = tape;
  try {
    const value = tf.tidy(act);
    const made = new Set(tape.flatMap(({ outputs }) => outputs.map(({ id }) => id)));
    const inputs = tape.flatMap((node) => Object.values(node.inputs));
    const read = new Map(inputs.filter(({ id }) => !made.has(id)).map((tensor) => [tensor.id, tensor]));
    return { value, read: [...read.values()] };
  } finally {
    for (const { saved } of tape) if (saved) tf.dispose(saved);
    state.activeTape = outer;
  }
}

/** Whether an op on the tape has made the tensor: a gradient may have to go through it, and its backward pass finds it gone. */
export const isOnTape = ({ id }: Tensor): boolean =>
  tf.engine().state.activeTape.some(({ outputs }) => outputs.some((output) => output.id === id));

/**
 * `tf.customGrad` for functions with several outputs. All outputs must be used. `gradients` returns one per input, from those
 * of the outputs and the tensors that forward saved.
 */
export function customGradOf(
  inputs: readonly Tensor[],
  forward: (save: (tensors: Tensor[]) => void) => Tensor[],
  gradients: (dys: Tensor[], saved: Tensor[]) => readonly Tensor[],
): Tensor[] {
  const named = Object.fromEntries(inputs.map((tensor, i) => [String(i), tensor]));
  const engine = tf.engine() as unknown as { runKernelFunc(kernel: CustomKernel): Tensor[] };
  return engine.runKernelFunc({
    inputs: named,
    forwardFunc: (_, save) => forward(save),
    backwardsFunc: (dy, saved) =>
      Object.fromEntries(gradients([dy].flat(), saved).map((tensor, i) => [String(i), () => tensor])),
  });
}
interface CustomKernel {
  inputs: Record<string, Tensor>;
  forwardFunc(backend: unknown, save: (tensors: Tensor[]) => void): Tensor[];
  /** An array of gradients where there are several outputs. */
  backwardsFunc(dy: Tensor | Tensor[], saved: Tensor[]): Record<string, () => Tensor>;
}

/** The buffer that holds a tensor, uploaded first where it is still on the host. */
export function bufferOf(tensor: TensorInfo): GPUBuffer {
  const backend = webgpu();
  backend.uploadToGPU(tensor.dataId);
  return backend.tensorMap.get(tensor.dataId).resource as GPUBuffer;
}

/** Values that are still, or again, on the host; absent when only the GPU knows them. */
export const hostValues = (tensor: TensorInfo): tf.backend_util.TypedArray | undefined =>
  (webgpu().tensorMap.get(tensor.dataId).values as tf.backend_util.TypedArray | null) ?? undefined;

/** After a write on the GPU: `data()` would otherwise return what it read before. */
export function forgetValues(tensor: TensorInfo): void {
  const data = webgpu().tensorMap.get(tensor.dataId) as Cached | undefined;
  if (!data) return;
  data.values = null;
  onWrite?.(data);
}
/** TensorFlow.js's record of a tensor, as far as it caches values. */
export interface Cached {
  values: unknown;
}
let onWrite: ((data: Cached) => void) | undefined;

/** A tensor on the GPU with undefined content, on the tape's books like any other. */
export function emptyTensor(shape: readonly number[], dtype: DataType): Tensor {
  const backend = webgpu();
  const info = backend.makeTensorInfo([...shape], dtype);
  backend.uploadToGPU(info.dataId);
  return tf.engine().makeTensorFromTensorInfo(info);
}

/** A tensor over memory of ours, which disposing the tensor leaves alone. */
export const tensorOver = (buffer: GPUBuffer, shape: readonly number[], dtype: DataType): Tensor =>
  webgpu().createTensorFromGPUData({ buffer, zeroCopy: true }, [...shape], dtype);

/** Encodes one dispatch among TensorFlow.js's own, in order. `tensors` are kept until it is submitted. */
export function encodeDispatch(
  pipeline: GPUComputePipeline,
  group: GPUBindGroup,
  size: readonly [number, number, number],
  tensors: readonly TensorInfo[],
): void {
  const backend = webgpu();
  const state = inside(backend);
  for (const { dataId } of tensors) state.commandQueueOwnedIds.add(dataId);
  backend.ensureCommandEncoderReady();
  state.computePassEncoder ??= state.commandEncoder!.beginComputePass();
  state.computePassEncoder.setPipeline(pipeline);
  state.computePassEncoder.setBindGroup(0, group);
  state.computePassEncoder.dispatchWorkgroups(...size);
  if (++state.dispatchCountInPass >= tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) flush(backend);
}

/** Encodes a copy of the whole of `from` to a byte offset of `to`, in order. */
export function encodeCopy(from: TensorInfo, to: TensorInfo, toOffset: number, bytes: number): void {
  const backend = webgpu();
  const state = inside(backend);
  for (const { dataId } of [from, to]) state.commandQueueOwnedIds.add(dataId);
  const [source, target] = [bufferOf(from), bufferOf(to)];
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  state.commandEncoder!.copyBufferToBuffer(source, 0, target, toOffset, bytes);
}

/** Submits what TensorFlow.js has encoded so far. */
export function flush(backend: WebGPUBackend): void {
  backend.endComputePassEncoder();
  if (inside(backend).commandEncoder) backend.submitQueue();
}

/**
 * Runs `act` while the backend talks to another device. Both sides' work is flushed at the borders.
 * @returns the tensors that `act` wrote in place or as outputs of our kernels.
 */
export function withDevice(
  backend: WebGPUBackend,
  other: { device: GPUDevice; queue: GPUQueue; bufferManager: BufferManager },
  act: () => void,
): ReadonlySet<Cached> {
  flush(backend);
  const state = inside(backend);
  const { device, queue, bufferManager } = state;
  const writes = new Set<Cached>();
  Object.assign(state, other);
  onWrite = (data) => writes.add(data);
  try {
    leavingNoTape(act);
  } finally {
    flush(backend); // Also after a failure: the encoder that it began belongs to the other device.
    Object.assign(state, { device, queue, bufferManager });
    onWrite = undefined;
  }
  return writes;
}
