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
          provide: { devices: ['cpu', 'wasm'] },
          setupFiles: ['src/core/testing/unit.setup.ts'],
          isolate: false,
          testTimeout: 60_000,
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'kernels',
          // An op's file runs on each device (src/core/testing/devices.ts); `.gpu.` marks what makes sense on a GPU alone.
          include: ['src/core/ops/*.test.ts', '{src,bench}/**/*.gpu.test.ts'],
          exclude: ['src/core/ops/{recompute,relativeBuckets}.test.ts'],
          provide: { devices: ['webgpu'] },
          setupFiles: ['src/core/testing/kernels.setup.ts'],
          isolate: false,
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
