/** Accesses the private members of TensorFlow.js 4.22. No other file does. */
import * as tf from '@tensorflow/tfjs';
import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { HomegrownError } from '../base/errors';

interface BackendInternals {
  device: GPUDevice;
  queue: GPUQueue;
  bufferManager: BufferManager;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
}
/** Allocator of TensorFlow.js's tensor buffers; `numBytes...` feed tf.memory(). */
export interface BufferManager {
  numBytesUsed: number;
  numBytesAllocated: number;
  acquireBuffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
  /** Frees the buffers kept for reuse. */
  dispose(): void;
}
const internals = (backend: WebGPUBackend): BackendInternals => backend as unknown as BackendInternals;

/** The WebGPU backend that TensorFlow.js runs on now. */
export function webgpu(): WebGPUBackend {
  const backend = tf.backend();
  if (backend instanceof WebGPUBackend) return backend;
  throw new HomegrownError('bug', `A WebGPU kernel was called on the ${tf.getBackend()} backend.`);
}

/** Sets the allocator of the backend's buffers; call it before the backend's first tensor. */
export const takeBuffersFrom = (backend: WebGPUBackend, bufferManager: BufferManager): void =>
  void Object.assign(internals(backend), { bufferManager });

/** Frees all memory of disposed tensors. */
export function freeReleasedBuffers(backend: WebGPUBackend): void {
  flush(backend);
  internals(backend).bufferManager.dispose();
}

/** Returns whether the current op runs under a gradient, so that its backward pass needs saved values. */
export const gradientWanted = (): boolean => tf.engine().state.gradientDepth > 0;

/** Runs `action`, which takes gradients. If it fails, disposes the tensors saved for its backward pass. */
export function clearingTapeOnError<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { state } = tf.engine();
    const tape = state.activeTape as typeof state.activeTape | null | undefined;
    for (const { saved } of tape ?? []) if (saved) tf.dispose(saved);
    state.activeTape = [];
    throw error;
  }
}

/** Runs `action`, which takes gradients, inside a backward pass, and then restores the tape of that pass. */
export function preservingTape<T>(action: () => T): T {
  const { state } = tf.engine();
  const { activeTape } = state;
  try {
    return clearingTapeOnError(action);
  } finally {
    state.activeTape = activeTape;
  }
}

/**
 * Runs `action` on a temporary gradient tape.
 * @returns its result, and each tensor that it read but didn't make, once
 */
export function trackReads<T extends Tensor>(action: () => T): { value: T; read: readonly Tensor[] } {
  const { state } = tf.engine();
  const outer = state.activeTape;
  const tape: typeof outer = [];
  state.activeTape = tape;
  try {
    const value = tf.tidy(action);
    const producedIds = new Set(tape.flatMap(({ outputs }) => outputs.map(({ id }) => id)));
    const inputs = tape.flatMap((node) => Object.values(node.inputs));
    const read = new Map(inputs.filter(({ id }) => !producedIds.has(id)).map((tensor) => [tensor.id, tensor]));
    return { value, read: [...read.values()] };
  } finally {
    for (const { saved } of tape) if (saved) tf.dispose(saved);
    state.activeTape = outer;
  }
}

/** Returns whether an op on the tape made the tensor: a gradient may flow through it in the backward pass. */
export const isOnTape = ({ id }: Tensor): boolean =>
  tf.engine().state.activeTape.some(({ outputs }) => outputs.some((output) => output.id === id));

/**
 * `tf.customGrad` for functions with several outputs. All outputs must be used. `gradients` returns one gradient per
 * input, from the outputs' gradients and the tensors that forward saved.
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
  /** `dy` is an array of gradients if there are several outputs. */
  backwardsFunc(dy: Tensor | Tensor[], saved: Tensor[]): Record<string, () => Tensor>;
}

/** Returns the buffer that holds a tensor; uploads the tensor first if it is still on the host. */
export function bufferOf(tensor: TensorInfo): GPUBuffer {
  const backend = webgpu();
  backend.uploadToGPU(tensor.dataId);
  return backend.tensorMap.get(tensor.dataId).resource as GPUBuffer;
}

/** Returns the values cached on the host; undefined if only the GPU has them. */
export const hostValues = (tensor: TensorInfo): tf.backend_util.TypedArray | undefined =>
  (webgpu().tensorMap.get(tensor.dataId).values as tf.backend_util.TypedArray | null) ?? undefined;

/** Invalidates the host's cached values after a write on the GPU: `data()` would otherwise return stale values. */
export function forgetValues(tensor: TensorInfo): void {
  const data = webgpu().tensorMap.get(tensor.dataId) as Cached | undefined;
  if (!data) return;
  data.values = null;
  onWrite?.(data);
}
/** TensorFlow.js's record of a tensor, reduced to its cached values. */
export interface Cached {
  values: unknown;
}
let onWrite: ((data: Cached) => void) | undefined;

/** Makes a GPU tensor with undefined content, tracked by the engine like any other. */
export function emptyTensor(shape: readonly number[], dtype: DataType): Tensor {
  const backend = webgpu();
  const info = backend.makeTensorInfo([...shape], dtype);
  backend.uploadToGPU(info.dataId);
  return tf.engine().makeTensorFromTensorInfo(info);
}

/** Makes a tensor over memory of ours; disposing the tensor keeps that memory. */
export const tensorOver = (buffer: GPUBuffer, shape: readonly number[], dtype: DataType): Tensor =>
  webgpu().createTensorFromGPUData({ buffer, zeroCopy: true }, [...shape], dtype);

/** Encodes one dispatch among TensorFlow.js's own, in order. `tensors` stay alive until it is submitted. */
export function encodeDispatch(
  pipeline: GPUComputePipeline,
  group: GPUBindGroup,
  size: readonly [number, number, number],
  tensors: readonly TensorInfo[],
): void {
  const backend = webgpu();
  const state = internals(backend);
  for (const { dataId } of tensors) state.commandQueueOwnedIds.add(dataId);
  backend.ensureCommandEncoderReady();
  state.computePassEncoder ??= state.commandEncoder!.beginComputePass();
  state.computePassEncoder.setPipeline(pipeline);
  state.computePassEncoder.setBindGroup(0, group);
  state.computePassEncoder.dispatchWorkgroups(...size);
  if (++state.dispatchCountInPass >= tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) flush(backend);
}

/** Encodes a copy of all of `from` to a byte offset of `to`, in order. */
export function encodeCopy(from: TensorInfo, to: TensorInfo, toOffset: number, bytes: number): void {
  const backend = webgpu();
  const state = internals(backend);
  for (const { dataId } of [from, to]) state.commandQueueOwnedIds.add(dataId);
  const [source, target] = [bufferOf(from), bufferOf(to)];
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  state.commandEncoder!.copyBufferToBuffer(source, 0, target, toOffset, bytes);
}

/** Submits all commands that TensorFlow.js has encoded so far. */
export function flush(backend: WebGPUBackend): void {
  backend.endComputePassEncoder();
  if (internals(backend).commandEncoder) backend.submitQueue();
}

/**
 * Runs `action` while the backend uses another device. Flushes both devices' work before and after.
 * @returns the tensors that `action` wrote in place or as outputs of our kernels.
 */
export function withDevice(
  backend: WebGPUBackend,
  other: { device: GPUDevice; queue: GPUQueue; bufferManager: BufferManager },
  action: () => void,
): ReadonlySet<Cached> {
  flush(backend);
  const state = internals(backend);
  const { device, queue, bufferManager } = state;
  const writes = new Set<Cached>();
  Object.assign(state, other);
  onWrite = (data) => writes.add(data);
  try {
    clearingTapeOnError(action);
  } finally {
    flush(backend); // Also after a failure: its encoder belongs to the other device.
    Object.assign(state, { device, queue, bufferManager });
    onWrite = undefined;
  }
  return writes;
}
