// node bench/firstSample.mjs: seconds from the click on a first page's sample until a trained model has written, on the built app in
// a real Chromium without WebGPU, so on WASM. CHROME_PATH: which Chromium; TIMES: how often.
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
  const steps = page.getByRole('list', { name: 'Samples' }).locator('b');
  await steps
    .filter({ hasText: /^[13]0$/ })
    .first()
    .waitFor();
  console.log(`${((performance.now() - began) / 1000).toFixed(1)} s to what it writes after 10 steps`);
  await browser.close();
}
await server.close();
