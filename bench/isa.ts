/**
 * What a real GPU's compiler makes of our kernels, without that GPU: Mesa's drivers compile for AMD GPUs that are not there
 * (Debian's mesa-drm-shim), by the way that Chrome takes (Dawn, Tint, SPIR-V, driver), and print what each kernel needs.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
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

/** Before a kernel's statistics, then as JSON which one it is. */
export const MARK = '@@isa ';

/** @param only 'spilling' instead compiles one kernel that does not fit */
export async function kernelsOn(adapter: IsaAdapter, only?: 'spilling'): Promise<KernelIsa[]> {
  const shim = await drmShim();
  if (shim === undefined) throw new Error('mesa-drm-shim is not installed.');
  const script = fileURLToPath(new URL('isaKernels.ts', import.meta.url));
  const args = ['--import', 'tsx', script, ...(only ? ['--spill'] : [])];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      ...{ LD_PRELOAD: shim, VK_DRIVER_FILES: RADV, VK_ICD_FILENAMES: RADV, AMDGPU_GPU_ID: adapter },
      ...{ RADV_DEBUG: 'shaderstats,nocache', MESA_SHADER_CACHE_DISABLE: 'true' },
    },
  });
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`Compiling for ${adapter} ended with ${String(code)}: ${printed.slice(-2000)}`);
  return parse(adapter, printed);
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

/** Kernels alike in all are one. */
function parse(adapter: IsaAdapter, printed: string): KernelIsa[] {
  const [, ...blocks] = printed.split(MARK);
  const all = blocks.flatMap((block): KernelIsa[] => {
    const { config, kernel } = JSON.parse(block.slice(0, block.indexOf('\n'))) as Pick<KernelIsa, 'config' | 'kernel'>;
    const value = (name: string) => new RegExp(`^${name}: (\\d+)$`, 'm').exec(block)?.[1];
    if (value('VGPRs') === undefined) return [];
    const numbers = Object.entries(STATISTICS).map(([field, name]) => [field, Number(value(name))] as const);
    return [{ adapter, config, kernel, ...(Object.fromEntries(numbers) as Record<keyof typeof STATISTICS, number>) }];
  });
  return [...new Map(all.map((kernel) => [JSON.stringify(kernel), kernel])).values()];
}
