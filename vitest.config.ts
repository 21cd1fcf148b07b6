import { defineConfig } from 'vitest/config';

const UNIT = { setupFiles: ['src/core/testing/unit.setup.ts'], isolate: false, testTimeout: 60_000 };
const KERNELS = { setupFiles: ['src/core/testing/kernels.setup.ts'], testTimeout: 240_000, hookTimeout: 120_000 };

/** A project is a tier on a device; a test's file name says which (CONTRIBUTING.md). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...UNIT,
          name: 'unit',
          include: ['{src,cli,scripts,bench}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.{gpu,isa,slow}.test.ts'],
          maxWorkers: '100%',
        },
      },
      {
        test: {
          ...UNIT,
          name: 'slow',
          include: ['{src,cli,scripts,bench}/**/*.slow.test.{ts,tsx}'],
          testTimeout: 600_000,
        },
      },
      {
        // A GPU adapter: Dawn over Vulkan.
        test: {
          ...KERNELS,
          name: 'kernels',
          include: ['{src,bench}/**/*.gpu.test.ts'],
          exclude: ['**/*.slow.gpu.test.ts'],
          pool: 'forks',
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...KERNELS,
          name: 'slow-kernels',
          include: ['{src,bench}/**/*.slow.gpu.test.ts'],
          pool: 'forks',
          maxWorkers: 2,
        },
      },
      {
        // Compiled for real GPUs, none of which is needed.
        test: { name: 'isa', include: ['bench/**/*.isa.test.ts'], testTimeout: 1_800_000, hookTimeout: 600_000 },
      },
    ],
  },
});
