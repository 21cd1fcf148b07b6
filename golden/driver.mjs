// What the scripts of golden/ share: an older build's page, served from its checkout, driven in Chromium, and what it stored read out.
import { chromium } from '@playwright/test';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The build's checkout, with its packages and its `dist`. */
export const checkout = resolve(process.argv[2]);
const port = process.env.E2E_PORT ?? 4183;
const origin = `http://localhost:${port}`;
let browser;

/** Writes into a folder what `live` left in the build's store, and how the build went on with the runs that it names. */
export const keep = (golden, live) =>
  serving(async () => {
    const { values, resumable } = await live();
    writeStore(golden, values);
    const continued = [];
    for (const run of resumable) continued.push(await goOn(values, run));
    write(join(golden, 'continued.json'), asText(continued));
  });

/** While `work` is done, the build is served and a browser is there. */
async function serving(work) {
  const server = spawn(
    process.execPath,
    [join(checkout, 'node_modules/vite/bin/vite.js'), 'preview', '--port', String(port), '--strictPort'],
    { cwd: checkout, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise((ready) => server.stdout.once('data', ready));
  browser = await chromium.launch({
    executablePath: process.env.CHROME_PATH,
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-features=Vulkan',
      '--disable-background-networking',
    ],
  });
  try {
    await work();
  } finally {
    await browser.close();
    server.kill();
  }
}

/** Where a build keeps the one project that there is: the second since there can be several. */
const PROJECT = ['project', 'projects/first'];
export const projectOf = (values) => values.find(([key]) => PROJECT.includes(key))[1].json;

/** Steps of each continuation that are kept. */
const GOES_ON = 12;
/** As that build goes on with a run from what was stored. */
async function goOn(values, { runId, device }) {
  const store = values.map(([key, value]) =>
    PROJECT.includes(key) ? [key, { json: { ...value.json, runId } }] : [key, value],
  );
  const page = await opened('/train', store);
  await useDevice(page, device);
  const record = values.find(([key]) => key === `runs-index/${runId}`)[1].json;
  const from = record.step;
  let of = (record.recipe ?? record.segments.at(-1).recipe).steps;
  if (record.status === 'finished') {
    of = from + GOES_ON;
    await trainTo(page, of);
  } else {
    await page
      .getByRole('button', { name: /^Resume from step/ })
      .first()
      .click();
    await stop(page, from + GOES_ON);
  }
  const journal = (await dump(page)).filter(([key]) => key.startsWith(`journal/${runId}/`));
  const rows = journal.flatMap(([, { json }]) => json.steps);
  const steps = rows.filter(([step]) => step > from && step <= from + GOES_ON);
  await page.context().close();
  return { runId, device, from, of, steps: steps.map(([step, loss, , norm]) => [step, loss, norm]) };
}

/** A folder of its terminal. */
export function grow(out, texts, tokenizer, context) {
  const sizes = ['--layers', 1, '--heads', 2, '--width', 8, '--context', context, '--batch', 4];
  const length = ['--steps', 12, '--eval-every', 6, '--warmup', 3, '--learning-rate', 0.01, '--device', 'wasm'];
  const args = ['grow', '--text', ...texts, '--tokenizer', tokenizer, ...sizes, ...length];
  mkdirSync(dirname(out), { recursive: true });
  const cli = join(checkout, 'scripts/cli.mjs');
  const { status } = spawnSync(process.execPath, [cli, ...args.map(String), '--out', out], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`grow ended with ${status}`);
}

/** Some files of a folder, or all, as any program zips them: stored, without compression. */
export function zipOf(folder, only) {
  const script = `import sys, os, zipfile
z = zipfile.ZipFile(sys.stdout.buffer, 'w')
names = sys.argv[2:] or sorted(os.listdir(sys.argv[1]))
for name in names: z.write(os.path.join(sys.argv[1], name), name)
z.close()`;
  const { stdout, status } = spawnSync('python3', ['-c', script, folder, ...(only ?? [])]);
  if (status !== 0) throw new Error('It could not be zipped');
  return stdout;
}

export async function bringIn(page, name, buffer) {
  await goTo(page, 'Export');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a zip…' }).click();
  await (await chooser).setFiles({ name, mimeType: 'application/zip', buffer });
  const sure = page.getByRole('dialog').getByRole('button', { name: 'Bring it in' });
  await sure.click({ timeout: 3000 }).catch(() => undefined);
  await page.waitForTimeout(1000);
}

export async function begin(page, fields, choices = {}) {
  await goTo(page, 'Model');
  await page.getByText('Seldom changed').click();
  for (const [label, option] of Object.entries(choices)) {
    await page.getByRole('button', { name: new RegExp(label) }).click();
    await page.getByRole('option', { name: new RegExp(`^${option}`) }).click();
  }
  for (const [label, value] of Object.entries(fields)) {
    const field = page.getByRole('textbox', { name: label, exact: true });
    await field.fill(String(value));
    await field.press('Tab');
  }
  await page
    .getByRole('button', { name: /^(Start training|Start a new run)$/ })
    .first()
    .click();
}

/** Trains a finished run to `of` steps in all, on the page where it is shown. */
export async function trainTo(page, of) {
  await goTo(page, 'Train');
  await page.getByRole('button', { name: 'Train longer…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Steps in all' }).fill(String(of));
  await dialog.getByRole('textbox', { name: 'Steps in all' }).press('Tab');
  await dialog.getByRole('button', { name: /^Train .* more steps/ }).click();
  await banner(page)
    .filter({ hasText: new RegExp(`step ${of}\\b`) })
    .waitFor();
}

/** Once a step of a run, another than the one before, is in the journal. @returns the run's id */
export async function stop(page, step, before) {
  let runId;
  for (;;) {
    const stored = await dump(page);
    ({ runId } = projectOf(stored));
    const rows = new Map(stored).get(`journal/${runId}/000000`)?.json.steps ?? [];
    if (runId !== before && rows.some(([at]) => at >= step)) break;
    await page.waitForTimeout(200);
  }
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await banner(page).getByText('Stopped').waitFor();
  await page.waitForTimeout(1000);
  return runId;
}

export async function opened(path, values) {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => console.error(error));
  if (values) {
    await page.goto(`${origin}/icon.svg`);
    await page.evaluate(async (all) => {
      const request = indexedDB.open('homegrown', 1);
      await new Promise((done, fail) => {
        request.onupgradeneeded = () => request.result.createObjectStore('values');
        [request.onsuccess, request.onerror] = [done, fail];
      });
      const transaction = request.result.transaction('values', 'readwrite');
      for (const [key, value] of all) {
        const bytes = typeof value === 'string' && Uint8Array.from(atob(value), (c) => c.charCodeAt(0));
        transaction.objectStore('values').put(bytes || value.json, key);
      }
      await new Promise((done, fail) => ([transaction.oncomplete, transaction.onabort] = [done, fail]));
      request.result.close();
    }, values);
  }
  await page.goto(`${origin}${path}`);
  await banner(page)
    .getByText(/WASM|WebGPU|CPU/)
    .first()
    .waitFor();
  return page;
}

/** Of each value: the bytes in base64, or `{ json }`. Whatever is neither ends it. */
export function dump(page) {
  return page.evaluate(async () => {
    const wait = (request) =>
      new Promise((done, fail) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => fail(request.error);
      });
    const database = await wait(indexedDB.open('homegrown'));
    const store = database.transaction('values').objectStore('values');
    const [keys, values] = await Promise.all([wait(store.getAllKeys()), wait(store.getAll())]);
    database.close();
    const isPlain = (value) =>
      value === null ||
      ['string', 'boolean'].includes(typeof value) ||
      Number.isFinite(value) ||
      (typeof value === 'object' &&
        (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) &&
        Object.values(value).every(isPlain));
    return keys.map((key, i) => {
      const value = values[i];
      if (value instanceof Uint8Array) return [key, btoa(Array.from(value, (b) => String.fromCharCode(b)).join(''))];
      if (!isPlain(value)) throw new Error(`${key} is not plain`);
      return [key, { json: value }];
    });
  });
}

export async function useTokenizer(page, kind) {
  await goTo(page, 'Tokenizer');
  await page.getByRole('radio', { name: kind }).check({ force: true });
}
export async function useDevice(page, kind) {
  await banner(page)
    .getByRole('button', { name: /^Device/ })
    .click();
  await page.getByRole('menu').getByText(kind, { exact: false }).first().click();
  await banner(page).getByText(kind).first().waitFor();
}
export async function goTo(page, stage) {
  await stages(page)
    .getByRole('link', { name: new RegExp(`^${stage}`) })
    .click();
  await page.getByRole('heading', { level: 1 }).waitFor();
}
export function stages(page) {
  return page.getByRole('navigation', { name: 'Stages' });
}
export function banner(page) {
  return page.getByRole('banner');
}
/** Bytes as <key>.bin, all else as <key>.json. */
function writeStore(golden, values) {
  for (const [key, value] of values) {
    const path = join(golden, 'store', key);
    if (typeof value === 'string') write(`${path}.bin`, Buffer.from(value, 'base64'));
    else write(`${path}.json`, asText(value.json));
  }
}
function write(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
function asText(value) {
  return `${JSON.stringify(value)}\n`;
}
