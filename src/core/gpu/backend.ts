/** Detects the GPU and runs TensorFlow.js on our own device, with all features and limits that the adapter offers. */
import * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { HomegrownError } from '../base/errors';
import { unwrapPlaceholders } from './buffer';
import { limitDispatches } from './dispatch';
import { resetMemoryCount } from './memory';
import { pool } from './pool';
import { flush, takeBuffersFrom } from './tfjs';
import { asOutOfMemory } from './wasm';

/** Properties of a GPU that are known before anything runs on it. */
export interface AdapterSummary {
  /** Longest text that the browser gives. The browser withholds empty parts. */
  name: string;
  vendor: string;
  architecture: string;
  /** Runs on the CPU (SwiftShader, llvmpipe, WARP), where it is slower than WASM. */
  software: boolean;
  f16: boolean;
  subgroups: boolean;
  /** Size of a subgroup if all have the same size; otherwise, or without subgroups, 0. */
  lanes: number;
  /** Minimum size of a subgroup; 0 without subgroups. */
  minLanes: number;
  timestamps: boolean;
}

/** A device in use. */
export interface Gpu {
  adapter: AdapterSummary;
  /** Also binds tensors that are parts of a larger buffer. */
  device: GPUDevice;
  backend: WebGPUBackend;
  /** Throws the device's first error: 'device-lost', 'out-of-memory' or, for a refused call, 'bug'. */
  check(): void;
  /** Resolves with the same error as soon as there is one. */
  failed: Promise<HomegrownError>;
  /** Returns the result of `work`, or throws that error first: on a lost device, many promises never settle. */
  orFailed<T>(work: Promise<T>): Promise<T>;
}

/** Returns the adapter that `openGpu` would use, or null if the browser has none. */
export async function findGpu(): Promise<AdapterSummary | null> {
  const adapter = await requestAdapter();
  return adapter && summarize(adapter);
}

let current: Gpu | undefined;

/** The GPU that TensorFlow.js runs on now; undefined if the backend is wasm or cpu. */
export const currentGpu = (): Gpu | undefined => (tf.getBackend() === 'webgpu' ? current : undefined);

/** Waits until the GPU has finished all submitted work. */
export async function finished({ backend, device }: Gpu): Promise<void> {
  flush(backend);
  await device.queue.onSubmittedWorkDone();
}

/** Returns whether the current device has failed, so that `openGpu` would make another. */
export const gpuHasFailed = (): boolean => currentGpu() !== undefined && !isHealthy(current!);

/**
 * Explains why something failed on the current device: the device's own report, which arrives shortly after calls begin
 * to fail; otherwise out of memory, or the error as it is.
 */
export async function explained(error: unknown): Promise<unknown> {
  const gpu = currentGpu();
  if (!gpu || error instanceof HomegrownError) return asOutOfMemory(error);
  const timeout = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ERROR_GRACE_MS));
  return (await Promise.race([gpu.failed, timeout])) ?? asOutOfMemory(error);
}
/** Milliseconds. */
const ERROR_GRACE_MS = 2000;

/**
 * Makes TensorFlow.js run on WebGPU. A second call returns the same device, unless that one has failed.
 * @throws {HomegrownError} 'bad-settings' if there is no adapter.
 */
export async function openGpu(): Promise<Gpu> {
  if (current && isHealthy(current)) {
    await tf.setBackend('webgpu');
    return current;
  }
  current?.device.destroy(); // frees what is still on it
  const adapter = await requestAdapter();
  if (!adapter) throw new HomegrownError('bad-settings', 'No WebGPU adapter is available.', 'Choose WASM.');
  const rawDevice = await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((name): name is GPUFeatureName => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  resetMemoryCount();
  const device = unwrapPlaceholders(rawDevice);
  const backend = new WebGPUBackend(device, adapter.info);
  takeBuffersFrom(backend, pool(device));
  if ('webgpu' in tf.engine().registryFactory) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend, 3);
  // Split-K with float atomics gives a different sum on every run; the packed program is deterministic.
  tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', 3);
  // Otherwise ops on small tensors silently run on the CPU, at another precision.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  await tf.setBackend('webgpu');
  current = { adapter: summarize(adapter), device, backend, ...watchErrors(rawDevice) };
  if (!current.adapter.software) limitDispatches(backend, MAX_DISPATCH_MS);
  return current;
}

/** Milliseconds. The page can't be drawn meanwhile, and an OS considers the GPU hung after two seconds. */
export const MAX_DISPATCH_MS = 100;

const FEATURES: readonly string[] = ['shader-f16', 'subgroups', 'timestamp-query'];
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

async function requestAdapter(): Promise<GPUAdapter | null> {
  const { navigator } = globalThis as { navigator?: { gpu?: GPU } };
  return (await navigator?.gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? null;
}

function summarize({ info, features }: GPUAdapter): AdapterSummary {
  const { subgroupMinSize: min = 0, subgroupMaxSize: max = 0 } = info as Partial<GPUAdapterInfo>;
  const texts = [info.description, info.device, info.architecture, info.vendor].filter((text) => text !== '');
  return {
    name: texts[0] ?? 'GPU',
    vendor: info.vendor,
    architecture: info.architecture,
    software: info.isFallbackAdapter || SOFTWARE.test(texts.join(' ')),
    f16: features.has('shader-f16'),
    subgroups: features.has('subgroups'),
    lanes: features.has('subgroups') && min === max ? min : 0,
    minLanes: features.has('subgroups') ? min : 0,
    timestamps: features.has('timestamp-query'),
  };
}
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render|\bwarp\b|null-backend/i;

function watchErrors(device: GPUDevice): Pick<Gpu, 'check' | 'failed' | 'orFailed'> {
  let error: HomegrownError | undefined;
  /** Called once each. Racing against `failed` itself would leak a handler per wait while the device is well. */
  const listeners = new Set<(error: HomegrownError) => void>();
  const failed = new Promise<HomegrownError>((resolve) => {
    const report = (code: 'device-lost' | 'bug' | 'out-of-memory', message: string) => {
      error ??= new HomegrownError(code, message);
      resolve(error);
      for (const listener of listeners) listener(error);
    };
    device.addEventListener('uncapturederror', ({ error: { message, constructor } }) =>
      report(constructor.name === 'GPUOutOfMemoryError' ? 'out-of-memory' : 'bug', `WebGPU: ${message}`),
    );
    void device.lost.then(({ reason, message }) =>
      report(
        'device-lost',
        reason === 'destroyed'
          ? 'The GPU was released while in use.'
          : `The browser or the driver reset the GPU${message.trim() && ` and said: ${message.trim()}`}`,
      ),
    );
  });
  const check = () => {
    if (error) throw error;
  };
  async function orFailed<T>(work: Promise<T>): Promise<T> {
    check();
    let listener: (error: HomegrownError) => void;
    const failure = new Promise<never>((_, reject) => listeners.add((listener = reject)));
    try {
      const result = await Promise.race([work, failure]);
      check();
      return result;
    } finally {
      listeners.delete(listener!);
    }
  }
  return { check, failed, orFailed };
}

function isHealthy(gpu: Gpu): boolean {
  try {
    gpu.check();
    return true;
  } catch {
    return false;
  }
}
