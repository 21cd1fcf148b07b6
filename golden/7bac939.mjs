// Makes golden/7bac939: what the build of commit 7bac939 stored in a browser and wrote into files, for today's to open.
//
//   git worktree add ../then 7bac939
//   (cd ../then && npm ci --ignore-scripts && npx vite build)
//   CHROME_PATH=/usr/bin/chromium node golden/7bac939.mjs ../then
//
// What is in golden/7bac939/texts goes in; all the rest comes out. It drives that build's own page and terminal, so it is as
// fixed as they are: it was run once, and what it made is never made again, or edited.
//
//   store/         every value of its IndexedDB: bytes as <key>.bin, all else as <key>.json
//   continued.json how that build itself went on with runs, to `of` steps in all: rows of step, loss, norm of the gradient
//   exports/       of the finished run, every format of its page, as it was downloaded
//   grown/         a folder of its terminal for each kind of tokenizer
import { chromium } from '@playwright/test';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = resolve(process.argv[2]);
const port = process.env.E2E_PORT ?? 4183;
const origin = `http://localhost:${port}`;
const golden = fileURLToPath(new URL('7bac939/', import.meta.url));
const TEXTS = ['harbour.txt', 'notes.md', 'page.html'].map((name) => join(golden, 'texts', name));
/** Steps of each continuation that are kept. */
const GOES_ON = 12;

const FINISHED = {
  ...{ Layers: 2, Heads: 2, Width: 8, Context: 16, Steps: 40, Batch: 4, 'Learning rate': 0.01, 'Warm-up': 5 },
  ...{ 'Evaluate every': 20, 'Save every': 20, 'Evaluate on': 256, Seed: 7 },
};
/** More steps than it will take, so that it is stopped in the middle. */
const STOPPED = {
  ...{ Layers: 1, Heads: 2, Width: 8, Context: 16, Steps: 5000, Batch: 4, 'Micro-batches per update': 2 },
  ...{ 'Learning rate': 0.003, Dropout: 0.1, 'Evaluate every': 50, 'Save every': 50 },
};
const ON_GPU = {
  ...{ Layers: 1, Heads: 1, Width: 8, Context: 8, Steps: 5000, Batch: 4, 'Micro-batches per update': 1 },
  ...{ 'Learning rate': 0.05, Dropout: 0, 'Evaluate every': 20, 'Save every': 20, 'Evaluate on': 64 },
};
const FORMATS = [
  ['Hugging Face folder', 'F32', 'hf.zip'],
  ['model.safetensors alone', 'F32', 'safetensors.safetensors'],
  ['GGUF', 'F32', 'gguf-f32.gguf'],
  ['GGUF', 'F16', 'gguf-f16.gguf'],
  ['GGUF', 'Q8_0', 'gguf-q8_0.gguf'],
  ['ONNX', 'F32', 'onnx-f32.zip'],
  ['ONNX', 'F16', 'onnx-f16.zip'],
  ['Offline page', 'F32', 'html.html'],
  ['Web service', 'F16', 'service.zip'],
  ['Cluster hand-over', 'F32', 'pytorch.zip'],
];

for (const made of ['store', 'exports', 'grown', 'continued.json'])
  rmSync(join(golden, made), { recursive: true, force: true });
grow();
const server = spawn(
  process.execPath,
  [join(checkout, 'node_modules/vite/bin/vite.js'), 'preview', '--port', String(port), '--strictPort'],
  { cwd: checkout, stdio: ['ignore', 'pipe', 'inherit'] },
);
await new Promise((ready) => server.stdout.once('data', ready));
const browser = await chromium.launch({
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
  const { values, resumable } = await live();
  for (const [key, value] of values) {
    if (typeof value === 'string') write(`store/${key}.bin`, Buffer.from(value, 'base64'));
    else write(`store/${key}.json`, asText(value.json));
  }
  const continued = [];
  for (const run of resumable) continued.push(await goOn(values, run));
  write('continued.json', asText(continued));
} finally {
  await browser.close();
  server.kill();
}

/** What a person does in one browser; then all that is stored there. */
async function live() {
  const page = await opened('/text');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files…' }).click();
  await (await chooser).setFiles(TEXTS);
  await stages(page).getByText('characters').waitFor();

  await useTokenizer(page, 'BPE');
  await page.getByRole('textbox', { name: 'Exactly' }).fill('300');
  await page.getByRole('textbox', { name: 'Exactly' }).press('Tab');
  await useDevice(page, 'WASM');
  await begin(page, FINISHED);
  await banner(page).getByText('Finished').waitFor();
  await exportAll(page);

  await useTokenizer(page, 'Characters');
  await begin(page, STOPPED, { Schedule: 'Linear' });
  const onWasm = await stop(page, 100);

  await useDevice(page, 'WebGPU');
  await useTokenizer(page, 'Bytes');
  await begin(page, ON_GPU, { Optimizer: 'SGD', Schedule: 'Constant' });
  const onGpu = await stop(page, 20, onWasm);

  await useDevice(page, 'WASM');
  await bringIn(page, 'grown.zip', zipOf('grown/bytes'));
  await banner(page)
    .filter({ hasText: /step 12\b/ })
    .waitFor();
  const { runId: imported } = new Map(await dump(page)).get('project').json;
  const stranger = ['model.safetensors', 'config.json', 'tokenizer.json'];
  await bringIn(page, 'stranger.zip', zipOf('grown/characters', stranger));
  await banner(page)
    .filter({ hasText: /step 0\b/ })
    .waitFor();

  const values = await dump(page);
  await page.context().close();
  const resumable = [
    { runId: onWasm, device: 'WASM' },
    { runId: onWasm, device: 'WebGPU' },
    { runId: onGpu, device: 'WebGPU' },
    { runId: imported, device: 'WASM' },
  ];
  return { values, resumable };
}

/** As that build goes on with a run from what was stored. */
async function goOn(values, { runId, device }) {
  const store = values.map(([key, value]) =>
    key === 'project' ? [key, { json: { ...value.json, runId } }] : [key, value],
  );
  const page = await opened('/train', store);
  await useDevice(page, device);
  const record = values.find(([key]) => key === `runs-index/${runId}`)[1].json;
  const from = record.step;
  let of = record.recipe.steps;
  if (record.status === 'finished') {
    of = from + GOES_ON;
    await page.getByRole('button', { name: 'Train longer…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Steps in all' }).fill(String(of));
    await dialog.getByRole('textbox', { name: 'Steps in all' }).press('Tab');
    await dialog.getByRole('button', { name: /^Train .* more steps/ }).click();
    await banner(page)
      .filter({ hasText: new RegExp(`step ${of}\\b`) })
      .waitFor();
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

async function exportAll(page) {
  await goTo(page, 'Export');
  await page.getByRole('checkbox', { name: /with the optimizer/ }).check({ force: true });
  for (const [name, precision, file] of FORMATS) {
    await page.getByRole('radio', { name: precision }).check({ force: true });
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: `Download ${name}` }).click();
    const path = join(golden, 'exports', file);
    await (await download).saveAs(path);
    await page.waitForTimeout(2000); // It is checked by a second engine, which the next one would stop.
    console.log(file, readFileSync(path).length);
  }
}

/** A folder for each tokenizer, as the terminal writes it. */
function grow() {
  for (const [kind, tokenizer, context] of [
    ['bpe', 'bpe:300', 16],
    ['characters', 'characters', 8],
    ['bytes', 'bytes', 16],
  ]) {
    const sizes = ['--layers', 1, '--heads', 2, '--width', 8, '--context', context, '--batch', 4];
    const length = ['--steps', 12, '--eval-every', 6, '--warmup', 3, '--learning-rate', 0.01, '--device', 'wasm'];
    const args = ['grow', '--text', ...TEXTS, '--tokenizer', tokenizer, ...sizes, ...length];
    const out = join(golden, 'grown', kind);
    mkdirSync(dirname(out), { recursive: true });
    const cli = join(checkout, 'scripts/cli.mjs');
    const { status } = spawnSync(process.execPath, [cli, ...args.map(String), '--out', out], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`grow ended with ${status}`);
  }
}

/** Some files of a folder, or all, as any program zips them: stored, without compression. */
function zipOf(folder, only) {
  const script = `import sys, os, zipfile
z = zipfile.ZipFile(sys.stdout.buffer, 'w')
names = sys.argv[2:] or sorted(os.listdir(sys.argv[1]))
for name in names: z.write(os.path.join(sys.argv[1], name), name)
z.close()`;
  const { stdout, status } = spawnSync('python3', ['-c', script, join(golden, folder), ...(only ?? [])]);
  if (status !== 0) throw new Error('It could not be zipped');
  return stdout;
}

async function bringIn(page, name, buffer) {
  await goTo(page, 'Export');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a zip…' }).click();
  await (await chooser).setFiles({ name, mimeType: 'application/zip', buffer });
  const sure = page.getByRole('dialog').getByRole('button', { name: 'Bring it in' });
  await sure.click({ timeout: 3000 }).catch(() => undefined);
  await page.waitForTimeout(1000);
}

async function begin(page, fields, choices = {}) {
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

/** Once a step of a run, another than the one before, is in the journal. @returns the run's id */
async function stop(page, step, before) {
  let runId;
  for (;;) {
    const values = new Map(await dump(page));
    ({ runId } = values.get('project').json);
    const rows = values.get(`journal/${runId}/000000`)?.json.steps ?? [];
    if (runId !== before && rows.some(([at]) => at >= step)) break;
    await page.waitForTimeout(200);
  }
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await banner(page).getByText('Stopped').waitFor();
  await page.waitForTimeout(1000);
  return runId;
}

async function opened(path, values) {
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
function dump(page) {
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

async function useTokenizer(page, kind) {
  await goTo(page, 'Tokenizer');
  await page.getByRole('radio', { name: kind }).check({ force: true });
}
async function useDevice(page, kind) {
  await banner(page)
    .getByRole('button', { name: /^Device/ })
    .click();
  await page.getByRole('menu').getByText(kind, { exact: false }).first().click();
  await banner(page).getByText(kind).first().waitFor();
}
async function goTo(page, stage) {
  await stages(page)
    .getByRole('link', { name: new RegExp(`^${stage}`) })
    .click();
  await page.getByRole('heading', { level: 1 }).waitFor();
}
function stages(page) {
  return page.getByRole('navigation', { name: 'Stages' });
}
function banner(page) {
  return page.getByRole('banner');
}
function write(path, content) {
  mkdirSync(dirname(join(golden, path)), { recursive: true });
  writeFileSync(join(golden, path), content);
}
function asText(value) {
  return `${JSON.stringify(value)}\n`;
}
