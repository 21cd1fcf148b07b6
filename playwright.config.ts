import { defineConfig } from '@playwright/test';
import { fontconfig } from './e2e/fonts';

/** Another one where two checkouts are tested at once. */
const port = Number(process.env.E2E_PORT ?? 4183);

/** Hides the system's fonts from Chromium: all but DejaVu (TEST_FONTS=dejavu) or all (TEST_FONTS=none). */
if (process.env.TEST_FONTS) process.env.FONTCONFIG_FILE ??= fontconfig(process.env.TEST_FONTS);

/** Journeys on the built app in a real Chromium; WebGPU is SwiftShader's when the machine has no GPU. */
export default defineConfig({
  testDir: 'e2e',
  projects: [
    // One journey per stage and the main path.
    { name: 'smoke', testDir: 'e2e/smoke' },
    { name: 'full', testIgnore: 'smoke/**' },
  ],
  // Generous, as a busy machine may be ten times slower. No assertion depends on them.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  // By test, so that no worker is left with a long file.
  fullyParallel: true,
  // A page waits more than it works: two at once take little longer each. With three, a software GPU takes more than a minute to
  // its first step.
  workers: 2,
  // A journey that fails once has found a fault, of the app or of itself.
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  use: {
    baseURL: `http://localhost:${port}`,
    viewport: { width: 1440, height: 900 },
    actionTimeout: 60_000,
    screenshot: 'only-on-failure',
    // It fetches, checks and stores 51 MB, half of what a journey costs: only journeys about it, and one main path, allow it.
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
