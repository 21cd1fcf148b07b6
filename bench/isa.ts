/**
 * What a real GPU's compiler makes of our kernels, without that GPU: Mesa's drivers compile for AMD GPUs that are not there
 * (Debian's mesa-drm-shim), by the way that Chrome takes (Dawn, Tint, SPIR-V, driver), and print what each kernel needs.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** RDNA 3.5, and a GPU of the Vega kind. */
export const ADAPTERS = ['gfx1150', 'renoir'] as const;
export type IsaAdapter = (typeof ADAPTERS)[number];

/** A kernel as that adapter would run it. */
export interface KernelIsa {
  adapter: IsaAdapter;
  /** S, M, G, the name of a preset, or what is compiled apart from a model. */
  config: string;
  /** With the variant of it, where an adapter may get another one. */
  kernel: string;
  /** Registers of a thread. */
  vgprs: number;
  /** Registers that did not fit, and bytes of memory in their place, of a wave. */
  spilled: number;
  scratch: number;
  /** Bytes of workgroup memory. */
  lds: number;
  /** That a SIMD can hold at once. */
  waves: number;
  instructions: number;
}

/** Before a line of JSON that the compiling process prints; after those with `kernel` the driver tells what it needs. */
export const MARK = '@@isa ';
export type Told = { id: number; kernel: string } | { used: number; config: string; variant: string } | { end: true };

/** @param only instead compiles one kernel that does not fit, or one that is wrong */
export async function kernelsOn(adapter: IsaAdapter, only?: 'spilling' | 'failing'): Promise<KernelIsa[]> {
  const shim = await drmShim();
  if (shim === undefined) throw new Error('mesa-drm-shim is not installed.');
  const script = fileURLToPath(new URL('isaKernels.ts', import.meta.url));
  const args = ['--import', 'tsx', script, ...(only ? [only] : [])];
  const env = {
    ...process.env,
    LD_PRELOAD: shim,
    VK_DRIVER_FILES: RADV,
    VK_ICD_FILENAMES: RADV,
    AMDGPU_GPU_ID: adapter,
    RADV_DEBUG: 'shaderstats,nocache',
    MESA_SHADER_CACHE_DISABLE: 'true',
  };
  const folder = await mkdtemp(join(tmpdir(), 'homegrown-isa-'));
  try {
    // A file, and no pipe: Node may make one not wait, and what the driver prints into one that is full is lost.
    const path = join(folder, 'printed');
    const file = await open(path, 'w');
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', file.fd], env });
    const ended = await new Promise<string | number>((resolve, reject) => {
      child.on('error', reject).on('close', (code, signal) => resolve(signal ?? code ?? 'nothing'));
    });
    await file.close();
    const printed = await readFile(path, 'utf8');
    if (ended !== 0) throw new Error(`Compiling for ${adapter} ended with ${ended}: ${printed.slice(-2000)}`);
    return parse(adapter, printed);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Why no kernel can be compiled for an adapter here; undefined where it can. */
export async function whyNot(adapter: IsaAdapter): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'Mesa’s drivers for GPUs that are not there are for Linux';
  if ((await drmShim()) === undefined) return 'Debian’s mesa-drm-shim is not installed';
  if (!existsSync(RADV)) return 'Debian’s mesa-vulkan-drivers is not installed';
  try {
    const [one] = await kernelsOn(adapter, 'spilling');
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

/** The driver's names of what is kept. */
const STATISTICS = {
  vgprs: 'VGPRs',
  spilled: 'Spilled VGPRs',
  scratch: 'Scratch size',
  lds: 'LDS size',
  waves: 'Subgroups per SIMD',
  instructions: 'Instructions',
} as const satisfies Partial<Record<keyof KernelIsa, string>>;

/**
 * Kernels alike in all are one.
 * @throws where something is missing of what was printed
 */
function parse(adapter: IsaAdapter, printed: string): KernelIsa[] {
  const compiled = new Map<number, Omit<KernelIsa, 'adapter' | 'config'>>();
  const used: KernelIsa[] = [];
  let last: Told | undefined;
  for (const block of printed.split(MARK).slice(1)) {
    last = JSON.parse(block.slice(0, block.indexOf('\n'))) as Told;
    if ('kernel' in last) {
      compiled.set(last.id, { kernel: last.kernel, ...statistics(last.kernel, block) });
    } else if ('used' in last) {
      const { kernel, ...needs } = compiled.get(last.used)!;
      const { config, variant } = last;
      used.push({ adapter, config, kernel: variant === '' ? kernel : `${kernel}, ${variant}`, ...needs });
    }
  }
  if (!last || !('end' in last)) throw new Error(`Compiling for ${adapter} stopped after ${JSON.stringify(last)}.`);
  return [...new Map(used.map((kernel) => [JSON.stringify(kernel), kernel])).values()];
}

function statistics(kernel: string, printed: string): Record<keyof typeof STATISTICS, number> {
  const numbers = Object.entries(STATISTICS).map(([field, name]) => {
    const value = new RegExp(`^${name}: (\\d+)$`, 'm').exec(printed)?.[1];
    if (value === undefined) throw new Error(`The driver does not tell '${name}' of ${kernel}.`);
    return [field, Number(value)] as const;
  });
  return Object.fromEntries(numbers) as Record<keyof typeof STATISTICS, number>;
}
