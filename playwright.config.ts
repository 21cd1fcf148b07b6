import { defineConfig } from '@playwright/test';
import { fontconfig } from './e2e/fonts';

/** Another one where two checkouts are tested at once. */
const port = Number(process.env.E2E_PORT ?? 4183);

/** Hides the system's fonts from Chromium: all but DejaVu (TEST_FONTS=dejavu) or all (TEST_FONTS=none). */
if (process.env.TEST_FONTS) process.env.FONTCONFIG_FILE ??= fontconfig(process.env.TEST_FONTS);

/** Minutes of one test each. */
const LONG = /(eachPage|tune|unreadable)\.spec\.ts$/;

/** Journeys on the built app in a real Chromium; WebGPU is SwiftShader's when the machine has no GPU. */
export default defineConfig({
  testDir: 'e2e',
  // In this order: the last by name takes minutes, in which the other worker would have nothing left to do.
  projects: [
    { name: 'long', testMatch: LONG },
    { name: 'journeys', testIgnore: LONG },
  ],
  // Patient, as a busy machine may be ten times slower: what holds is not waited for any longer.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  fullyParallel: false,
  // A page waits more than it works: two files at once take little longer each. A GPU in software that shares two cores with two
  // others takes more than a minute to its first step.
  workers: 2,
  // One that passes at the second attempt only is named at the end of npm test, with what was wrong at first (decision 88).
  retries: 1,
  forbidOnly: true,
  reporter: 'list',
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1440, height: 900 },
    actionTimeout: 60_000,
    // It fetches, checks and stores 51 MB, half of what a journey costs: the journeys that are about it or end to end let it.
    serviceWorkers: 'block',
    launchOptions: {
      ...(process.env.CHROME_PATH && { executablePath: process.env.CHROME_PATH }),
      args: [
        '--no-sandbox',
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
        '--enable-features=Vulkan',
        '--disable-background-networking',
      ],
    },
  },
  webServer: { command: `npx vite preview --port ${port} --strictPort`, port, reuseExistingServer: false },
});
