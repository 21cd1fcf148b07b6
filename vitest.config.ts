import { defineConfig } from 'vitest/config';

/** Unit tests run in Node. Kernel tests need a GPU adapter (Dawn over Vulkan) and are a project of their own. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,cli,scripts,bench}/**/*.test.{ts,tsx}'],
          exclude: ['**/*.gpu.test.ts', '**/*.isa.test.ts'],
          setupFiles: ['src/core/testing/unit.setup.ts'],
          isolate: false,
          testTimeout: 60_000,
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'kernels',
          include: ['{src,bench}/**/*.gpu.test.ts'],
          setupFiles: ['src/core/testing/kernels.setup.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
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
