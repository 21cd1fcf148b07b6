/** Trains the first page's recorded run in the built app, in Chromium on WASM, and reads it from the pages as a person would. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import Papa from 'papaparse';
import { preview } from 'vite';
import type { Recorded } from '../src/features/text/recorded';
import { cutTo } from './mails';
import { buildSamples } from './samples';

const PROMPT = 'The whale';
const STEPS = 4000;
const VOCABULARY = 2048;
/** Steps whose samples are shown: dense at first, when the model changes most. */
const SHOWN = [0, 10, 25, 50, 100, 200, 400, 700, 1000, 1400, 2000, 2400, 3000, 3500, STEPS];
/** Maximum number of characters of a sample that the page shows. */
const SHOWN_CHARACTERS = 320;
/** The run's settings, as a link holds them. */
const SETTINGS = [
  'model=gpt&layers=3&heads=4&width=128&context=64',
  `tokenizer=bpe:${VOCABULARY}&objective=causal`,
  `steps=${STEPS}&batch=12&learning-rate=0.003&warmup=100&eval-every=100&eval-early=on&eval-tokens=8192&save-every=${STEPS}`,
].join('&');
const PORT = 4192;
const HOURS = 3_600_000;

export type RecordedRun = Pick<Recorded, 'title' | 'prompt' | 'vocabulary' | 'points' | 'samples'>;

/** @param folder of files that the browser reads and writes */
export async function recordRun(folder: string): Promise<RecordedRun> {
  const [{ sample, text }] = buildSamples() as [ReturnType<typeof buildSamples>[0]];
  const file = join(folder, sample.file);
  writeFileSync(file, text);
  const server = await preview({ logLevel: 'error', preview: { port: PORT, strictPort: true } });
  const path = process.env.CHROME_PATH;
  const browser = await chromium.launch({
    args: ['--no-sandbox', '--disable-gpu'],
    ...(path && { executablePath: path }),
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, acceptDownloads: true });
    await train(page, file);
    const samples = await readSamples(page);
    const points = await readCurve(page, join(folder, 'curves.csv'));
    return { title: sample.title, prompt: PROMPT, vocabulary: VOCABULARY, points, samples };
  } finally {
    await browser.close();
    await server.close();
  }
}

async function train(page: Page, file: string): Promise<void> {
  await page.goto(`http://localhost:${PORT}/text`);
  const strip = page.getByRole('banner');
  await strip.getByText(/WASM/).first().waitFor();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files…' }).click();
  await (await chooser).setFiles(file);
  await page
    .getByRole('navigation', { name: 'Stages' })
    .getByText(/characters/)
    .waitFor();
  await page.goto(`http://localhost:${PORT}/model#${SETTINGS}`);
  await page.getByRole('button', { name: 'Use these settings' }).click();
  await page.getByRole('textbox', { name: 'Sample prompt', exact: true }).fill(PROMPT);
  await page.keyboard.press('Tab');
  await page
    .getByRole('main')
    .getByRole('button', { name: /^Start training/ })
    .click();
  await strip
    .getByText(/Finished/)
    .first()
    .waitFor({ timeout: 3 * HOURS });
}

/** Reads the samples of Train's list. */
async function readSamples(page: Page): Promise<RecordedRun['samples']> {
  await page.getByText(/^All samples/).click();
  const items = page.getByRole('list', { name: 'Samples' }).getByRole('listitem');
  await items.first().waitFor();
  const written = await Promise.all(
    (await items.all()).map(async (item) => ({
      step: Number((await item.locator('b').innerText()).replaceAll(',', '')),
      words: cutTo((await item.locator('p').innerText()).replace(/\s+/g, ' ').trim(), SHOWN_CHARACTERS),
    })),
  );
  const samples = written.filter(({ step }) => SHOWN.includes(step)).toSorted((a, b) => a.step - b.step);
  if (samples.length !== SHOWN.length)
    throw new Error(`Only the steps ${samples.map(({ step }) => step).join(', ')} have a sample`);
  return samples;
}

/** Reads the curves that Runs downloads. */
async function readCurve(page: Page, file: string): Promise<RecordedRun['points']> {
  await page.goto(`http://localhost:${PORT}/runs`);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  await page.getByRole('menuitem', { name: 'Curves' }).click();
  await (await download).saveAs(file);
  const [head, ...rows] = Papa.parse(readFileSync(file, 'utf8'), {}).data;
  const [of, step, loss] = ['Of', 'Step', 'Loss (nats)'].map((name) => head!.indexOf(name)) as [number, number, number];
  return rows
    .filter((row) => row[of] === 'validation')
    .map((row) => ({ step: Number(row[step]), loss: Number(Number(row[loss]).toFixed(3)) }));
}
