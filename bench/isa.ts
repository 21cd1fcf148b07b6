/**
 * Compiles our kernels with a real GPU's compiler, without that GPU. Mesa's drivers compile for emulated AMD GPUs
 * (Debian's mesa-drm-shim), by the same path as Chrome (Dawn, Tint, SPIR-V, driver), and print the resources of each
 * kernel.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** RDNA 3.5 and Vega. */
export const ADAPTERS = ['gfx1150', 'renoir'] as const;
export type IsaAdapter = (typeof ADAPTERS)[number];

/** Resources that a kernel needs. */
export interface Needs {
  /** Registers per thread. */
  vgprs: number;
  /** Spilled registers, and the bytes of memory that replace them, per wave. */
  spilled: number;
  scratch: number;
  /** Bytes of workgroup memory. */
  lds: number;
  /** Number of waves that a SIMD can hold at once. */
  waves: number;
  instructions: number;
}

/** A kernel as compiled for an adapter. */
export interface KernelIsa extends Needs {
  adapter: IsaAdapter;
  /** S, M, G, the name of a preset, or a group of kernels outside of models. */
  config: string;
  /** Name of the kernel, with its variant if adapters get different ones. */
  kernel: string;
}

/**
 * `forms`: the first of kernels that differ only in sizes represents the others, unless it needs many registers. `all`:
 * every kernel. `spilling`, `failing`: one kernel that spills, or one that is invalid.
 */
export type Selection = 'forms' | 'all' | 'spilling' | 'failing';

/** Compiles kernels for an adapter, except those in the cache (isaCache.ts). */
export async function kernelsOn(adapter: IsaAdapter, selection: Selection = 'forms'): Promise<KernelIsa[]> {
  const shim = await drmShim();
  if (shim === undefined) throw new Error('mesa-drm-shim is not installed.');
  const folder = await mkdtemp(join(tmpdir(), 'homegrown-isa-'));
  try {
    // Uses a file, because Node may make a pipe nonblocking, and a full one would lose output of the driver.
    const [printed, found] = [join(folder, 'printed'), join(folder, 'found')];
    const file = await open(printed, 'a');
    const script = fileURLToPath(new URL('isaKernels.ts', import.meta.url));
    const args = ['--import', 'tsx', script, adapter, selection, printed, found];
    const env = {
      ...process.env,
      LD_PRELOAD: shim,
      VK_DRIVER_FILES: RADV,
      VK_ICD_FILENAMES: RADV,
      AMDGPU_GPU_ID: adapter,
      RADV_DEBUG: 'shaderstats,nocache',
      MESA_SHADER_CACHE_DISABLE: 'true',
    };
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', file.fd], env });
    const ended = await new Promise<string | number>((resolve, reject) => {
      child.on('error', reject).on('close', (code, signal) => resolve(signal ?? code ?? 'nothing'));
    });
    await file.close();
    if (ended !== 0) {
      throw new Error(
        `Compiling for ${adapter} ended with ${ended}: ${(await readFile(printed, 'utf8')).slice(-2000)}`,
      );
    }
    return JSON.parse(await readFile(found, 'utf8')) as KernelIsa[];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The kernel that spills, compiled once for all callers. */
export function spillingOn(adapter: IsaAdapter): Promise<KernelIsa[]> {
  let kernels = spilling.get(adapter);
  if (!kernels) spilling.set(adapter, (kernels = kernelsOn(adapter, 'spilling')));
  return kernels;
}
const spilling = new Map<IsaAdapter, Promise<KernelIsa[]>>();

/** Reason why kernels can't be compiled for an adapter here; undefined if they can. */
export async function whyNot(adapter: IsaAdapter): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'Mesa’s drivers for GPUs that are not there are for Linux';
  if ((await drmShim()) === undefined) return 'Debian’s mesa-drm-shim is not installed';
  if (!existsSync(RADV)) return 'Debian’s mesa-vulkan-drivers is not installed';
  try {
    const [one] = await spillingOn(adapter);
    return one ? undefined : `this Mesa does not print what a kernel for ${adapter} needs`;
  } catch (error) {
    if (/no WebGPU adapter|Failed to find/.test(String(error))) return `this Mesa does not know ${adapter}`;
    throw error;
  }
}

const RADV = '/usr/share/vulkan/icd.d/radeon_icd.json';

async function drmShim(): Promise<string | undefined> {
  const file = 'libamdgpu_noop_drm_shim.so';
  const folders = await readdir('/usr/lib').catch(() => []);
  return ['', ...folders]
    .flatMap((folder) => [join('/usr/lib', folder, file), join('/usr/lib', folder, 'drm-shim', file)])
    .find(existsSync);
}
