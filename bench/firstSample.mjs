// node bench/firstSample.mjs: seconds from the click on a first page's sample to a trained model's first output, in the
// built app in a real Chromium without WebGPU, so on WASM. CHROME_PATH: path of Chromium; TIMES: repetitions.
import { chromium } from '@playwright/test';
import { preview } from 'vite';

const server = await preview({ logLevel: 'error', preview: { port: 4191 } });
const path = process.env.CHROME_PATH;
for (let time = 0; time < Number(process.env.TIMES ?? 3); time++) {
  const browser = await chromium.launch({
    args: ['--no-sandbox', '--disable-gpu'],
    ...(path && { executablePath: path }),
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto('http://localhost:4191/');
  await page.getByRole('banner').getByText(/WASM/).first().waitFor();
  const began = performance.now();
  await page.getByRole('button', { name: /, Write like a text$/ }).click();
  // The reel shows the newest sample; the sample of step 10 is the first by a trained model.
  const reel = page.getByRole('slider', { name: 'Training step' });
  await reel.and(page.locator('[aria-valuetext^="Step 1"],[aria-valuetext^="Step 2"]')).waitFor({ timeout: 60_000 });
  console.log(`${((performance.now() - began) / 1000).toFixed(1)} s to what it writes after 10 steps`);
  await browser.close();
}
await server.close();
