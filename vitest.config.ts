import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest: started late, each would leave one core idle. */
const LONGEST = ['hostileFiles', 'write', 'killed', 'serviceFaults', 'planned', 'oracles', 'failures'];

/** Starts the longest files first: in a fresh clone vitest knows no durations, and orders by size. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.slow.test.ts`));
      return place < 0 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Files share a process, which the set-up file resets between them. */
const UNIT = {
  setupFiles: ['src/testing/unit.setup.ts'],
  provide: { devices: ['cpu', 'wasm'] as const },
  isolate: false,
  testTimeout: 60_000,
  hookTimeout: 120_000,
};
/** A GPU adapter: Dawn over Vulkan. */
const KERNELS = {
  setupFiles: ['src/testing/kernels.setup.ts'],
  provide: { devices: ['webgpu'] as const },
  isolate: false,
  testTimeout: 240_000,
  hookTimeout: 120_000,
  // Mesa compiles most kernels in half the time without optimizing them, and each runs only a few times.
  env: { GALLIVM_PERF: 'nopt' },
  pool: 'forks' as const,
  maxWorkers: 2,
};

/** A project is a tier on some devices; a test's file name says which (CONTRIBUTING.md). */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...UNIT,
          name: 'unit',
          include: ['{src,cli,node,scripts,bench}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.{gpu,isa,slow}.test.ts'],
          maxWorkers: '100%',
        },
      },
      {
        test: {
          ...UNIT,
          name: 'slow',
          include: ['{src,cli,node,scripts,bench}/**/*.slow.test.{ts,tsx}'],
          testTimeout: 600_000,
          maxWorkers: '100%',
        },
      },
      {
        test: {
          ...KERNELS,
          name: 'kernels',
          // An op's file runs on each device (src/testing/devices.ts); `.gpu.` marks what only a GPU can show.
          include: ['src/core/ops/*.test.ts', '{src,bench}/**/*.gpu.test.ts'],
          exclude: ['**/*.slow.gpu.test.ts', 'src/core/ops/{adamw,attention,pass,recompute,relativeBuckets}.test.ts'],
        },
      },
      {
        test: {
          ...KERNELS,
          name: 'slow-kernels',
          include: ['{src,bench}/**/*.slow.gpu.test.ts'],
          // Few kernels, each of which runs long: optimizing them pays (139 → 84 s of the processor).
          env: {},
        },
      },
      {
        // Compiled for real GPUs, none of which is needed.
        test: { name: 'isa', include: ['bench/**/*.isa.test.ts'], testTimeout: 1_800_000, hookTimeout: 600_000 },
      },
    ],
  },
});
