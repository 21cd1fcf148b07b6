/** The GPU: which one there is, and TensorFlow.js running on a device of our own with all that the adapter offers. */
import * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { HomegrownError } from '../base/errors';
import { unwrapPlaceholders } from './buffer';
import { limitDispatches } from './dispatch';
import { resetMemoryCount } from './memory';
import { pool } from './pool';
import { flush, takeBuffersFrom } from './tfjs';
import { asOutOfMemory } from './wasm';

/** What there is to know about a GPU before anything runs on it. */
export interface AdapterSummary {
  /** As the browser tells it, the longest text it gives. Empty parts are withheld by the browser. */
  name: string;
  vendor: string;
  architecture: string;
  /** Runs on the processor (SwiftShader, llvmpipe, WARP): slower than WASM there. */
  software: boolean;
  f16: boolean;
  subgroups: boolean;
  /** Lanes of a subgroup where all have as many; else, or where there are none, 0. */
  lanes: number;
  /** Lanes that every subgroup has; 0 where there are none. */
  minLanes: number;
  timestamps: boolean;
}

/** A device in use. */
export interface Gpu {
  adapter: AdapterSummary;
  /** Binds tensors that are parts of a larger buffer, too. */
  device: GPUDevice;
  backend: WebGPUBackend;
  /** Throws what the device has reported since it was made: 'device-lost' or, for a call it refused, 'bug'. */
  check(): void;
  /** Settles with the same error as soon as there is one. */
  failed: Promise<HomegrownError>;
  /** What `work` gives, or throws the same error where that comes first: much never settles on a lost device. */
  orFailed<T>(work: Promise<T>): Promise<T>;
}

/** The adapter that `openGpu` would take, or null where the browser has none. */
export async function findGpu(): Promise<AdapterSummary | null> {
  const adapter = await requestAdapter();
  return adapter && summarise(adapter);
}

let current: Gpu | undefined;

/** The GPU that TensorFlow.js runs on now; undefined when it runs on wasm or cpu. */
export const currentGpu = (): Gpu | undefined => (tf.getBackend() === 'webgpu' ? current : undefined);

/** Waits until the GPU has done all that it was given. */
export async function finished({ backend, device }: Gpu): Promise<void> {
  flush(backend);
  await device.queue.onSubmittedWorkDone();
}

/** Whether the device in use is of no use any more: `openGpu` would make another. */
export const gpuHasFailed = (): boolean => currentGpu() !== undefined && !healthy(current!);

/**
 * Why something on the device in use failed: what the device itself reports, which comes a moment after its calls begin to
 * fail; else that memory ran out, or the error as it is.
 */
export async function explained(error: unknown): Promise<unknown> {
  const gpu = currentGpu();
  if (!gpu || error instanceof HomegrownError) return asOutOfMemory(error);
  const waited = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), A_MOMENT));
  return (await Promise.race([gpu.failed, waited])) ?? asOutOfMemory(error);
}
/** Milliseconds. */
const A_MOMENT = 2000;

/**
 * Makes TensorFlow.js run on WebGPU. A second call gives the same device, unless that one has failed.
 * @throws {HomegrownError} 'bad-settings' where there is no adapter.
 */
export async function openGpu(): Promise<Gpu> {
  if (current && healthy(current)) {
    await tf.setBackend('webgpu');
    return current;
  }
  current?.device.destroy(); // with what still lies on it
  const adapter = await requestAdapter();
  if (!adapter) throw new HomegrownError('bad-settings', 'No WebGPU adapter is available.', 'Choose WASM.');
  const real = await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((name): name is GPUFeatureName => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  resetMemoryCount();
  const device = unwrapPlaceholders(real);
  const backend = new WebGPUBackend(device, adapter.info);
  takeBuffersFrom(backend, pool(device));
  if ('webgpu' in tf.engine().registryFactory) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend, 3);
  // Split-K by float atomics gives another sum on every run; the packed program is deterministic.
  tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', 3);
  // Else ops on small tensors silently run on the processor, in another precision.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  await tf.setBackend('webgpu');
  current = { adapter: summarise(adapter), device, backend, ...watch(real) };
  if (!current.adapter.software) limitDispatches(backend, MAX_DISPATCH_MS);
  return current;
}

/** Milliseconds. Where a GPU draws the page, nothing else does meanwhile, and a system takes it for hung after two seconds. */
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

function summarise({ info, features }: GPUAdapter): AdapterSummary {
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

function watch(device: GPUDevice): Pick<Gpu, 'check' | 'failed' | 'orFailed'> {
  let error: HomegrownError | undefined;
  /** Told once. Raced against `failed` itself, every wait would leave something on it for as long as the device is well. */
  const waiting = new Set<(error: HomegrownError) => void>();
  const failed = new Promise<HomegrownError>((resolve) => {
    const report = (code: 'device-lost' | 'bug' | 'out-of-memory', message: string) => {
      error ??= new HomegrownError(code, message);
      resolve(error);
      for (const tell of waiting) tell(error);
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
    let tell: (error: HomegrownError) => void;
    const failure = new Promise<never>((_, reject) => waiting.add((tell = reject)));
    try {
      const result = await Promise.race([work, failure]);
      check();
      return result;
    } finally {
      waiting.delete(tell!);
    }
  }
  return { check, failed, orFailed };
}

function healthy(gpu: Gpu): boolean {
  try {
    gpu.check();
    return true;
  } catch {
    return false;
  }
}
