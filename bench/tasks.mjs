// node bench/tasks.mjs [file, or megabytes]: the longest tasks of the page's main thread, in the built app in a real
// Chromium. Without an argument, from loading to 60 s of training on the first sample. With a file, or with 60 for a
// text of 60 MB made of the samples, from choosing it until it is tokenized with a vocabulary of 4,096. CHROME_PATH:
// path of Chromium; SECONDS: of training; PORT: of the server.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { report, traced } from './tracing.mjs';

const [asked] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'tasks-'));
const file = /^\d+$/.test(asked ?? '') ? await textOf(1e6 * Number(asked)) : asked;
const port = Number(process.env.PORT ?? 4190);
const PATIENCE = 600_000;

const server = await preview({ logLevel: 'error', preview: { port } });
const path = process.env.CHROME_PATH;
const browser = await chromium.launch({ args: ['--no-sandbox'], ...(path && { executablePath: path }) });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
page.setDefaultTimeout(PATIENCE);
const stop = await traced(page, `http://localhost:${port}`);

await page.goto(`http://localhost:${port}/`);
await page
  .getByRole('banner')
  .getByText(/WebGPU|WASM|CPU/)
  .first()
  .waitFor();
await (file ? prepare(file) : train());
report(await stop());
await browser.close();
await server.close();
await rm(folder, { recursive: true });

async function train() {
  await page.getByRole('button', { name: /, Write like a text$/ }).click();
  await page.waitForURL(/\/train$/);
  await page.waitForTimeout(1000 * Number(process.env.SECONDS ?? 60));
}

async function prepare(path) {
  const stages = page.getByRole('navigation', { name: 'Stages' });
  await page.locator('input[type=file]').first().setInputFiles(path);
  await stages.getByText(/ characters$/).waitFor();
  await stages.getByRole('link', { name: /^Tokens & data/ }).click();
  await page.getByRole('textbox', { name: 'Exactly' }).fill('4096');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Train the tokenizer' }).click();
  await stages.getByText(/ tokens$/).waitFor();
  await page.getByRole('link', { name: 'Data', exact: true }).click();
  await page.getByRole('button', { name: 'Build the data' }).click();
  await page.getByText(/tokens: .* held out/).waitFor();
}

/** Text of `bytes` bytes: the samples repeated, each time with some words changed. */
async function textOf(bytes) {
  const samples = JSON.parse(await readFile('dist/samples/index.json', 'utf8'));
  const all = await Promise.all(samples.map((sample) => readFile(`dist/samples/${sample.file}`, 'utf8')));
  const words = all.join('\n').split(/(?<=\s)/);
  const parts = [];
  for (let left = bytes, copy = 0; left > 0; copy++) {
    const text = words.map((word, i) => ((i + copy) % 9 === 0 ? turned(word, copy) : word)).join('');
    const part = Buffer.from(text).subarray(0, left);
    parts.push(part);
    left -= part.length;
  }
  const path = join(folder, 'long.txt');
  await writeFile(path, parts);
  return path;
}

/** Rotates the lowercase letters of a word by `by` places in the alphabet. */
function turned(word, by) {
  return word.replace(/[a-z]/g, (letter) => String.fromCharCode(97 + ((letter.charCodeAt(0) - 97 + by) % 26)));
}
