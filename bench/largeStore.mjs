// node bench/largeStore.mjs [folder]: measures the pages of a large project, and switching between it and a small one,
// in the built app in a real Chromium. The large project has a text of 20,000 documents and 200 runs of 10,000 steps:
// one that the app trains, and copies of it. The folder stores the browser's profile; a filled one is reused. Times are
// by the page's clock, from the press to two frames after the page is drawn. Tasks are those of the main thread, in
// processor time; tracing them slows the page, and TASKS=0 turns it off. CHROME_PATH: path of Chromium; PORT: of the
// server, which also identifies the store; TIMES: repetitions; STAGES: comma-separated; FIRST=1: only the first switch
// of a page to the large project; DIST: the folder of the build.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { report, traced } from './tracing.mjs';

const DOCUMENTS = 20_000;
const RUNS = 200;
const STEPS = 10_000;
const TINY = { Layers: 1, Heads: 2, Width: 16, Context: 16, Batch: 4, 'Warm-up': 10 };
const LARGE = 'letters';
const SMALL = 'notes';
const TOO_LONG_MS = 50;
const PATIENCE = 3_600_000;

const [asked] = process.argv.slice(2);
const times = Number(process.env.TIMES ?? 3);
const port = Number(process.env.PORT ?? 4190);
const origin = `http://localhost:${port}`;
const folder = asked ?? (await mkdtemp(join(tmpdir(), 'large-')));
const isFilled = existsSync(join(folder, 'filled'));

const dist = process.env.DIST ?? 'dist';
const server = await preview({ logLevel: 'error', build: { outDir: dist }, preview: { port, strictPort: true } });
const path = process.env.CHROME_PATH;
const context = await chromium.launchPersistentContext(folder, {
  args: ['--no-sandbox'],
  viewport: { width: 1440, height: 900 },
  ...(path && { executablePath: path }),
});
const page = await context.newPage();
page.setDefaultTimeout(PATIENCE);
const stages = page.getByRole('navigation', { name: 'Stages' });
const strip = page.getByRole('banner');

/** Elements that show that a stage of a project is there. */
const ARRIVED = {
  text: { selector: 'table[aria-label="Texts"] tbody tr' },
  data: { selector: 'table[aria-label="Texts in their order"] tbody tr' },
  // A chart's caption changes when the chart is drawn; until then, it shows another project's.
  train: { selector: '#stage', needs: '#stage canvas', changes: '#stage figcaption' },
  runs: { selector: 'table[aria-label="Runs"] tbody tr' },
};

// Removes offline files of other builds.
await page.goto(`${origin}/icon.svg`);
await page.evaluate(async () => {
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
});
await load('/text');
if (!isFilled) await fill();
await load('/text');
const addresses = await addressesOf();
const measuredStages = Object.keys(ARRIVED).filter((stage) => process.env.STAGES?.split(',').includes(stage) ?? true);
for (let i = 0; i < times; i++) {
  if (process.env.FIRST === '1') {
    for (const stage of measuredStages) await switchingFirst(stage);
    continue;
  }
  for (const stage of measuredStages) if (stage === 'data' || stage === 'runs') await opening(stage);
  for (const stage of measuredStages) await switching(stage);
  for (const stage of measuredStages) await byAddress(stage);
}
await context.close();
await server.close();
if (!asked) await rm(folder, { recursive: true });

async function load(at) {
  await page.goto(origin + at);
  await strip
    .getByText(/WebGPU|WASM|CPU/)
    .first()
    .waitFor();
}

async function fill() {
  const documents = await writeDocuments();
  await measured(`${DOCUMENTS} documents in one drop`, async () => {
    const began = Date.now();
    await page.locator('input[webkitdirectory]').first().setInputFiles(documents);
    await stages.getByText(/ characters$/).waitFor();
    return { there: Date.now() - began };
  });
  await rm(documents, { recursive: true });
  await train(STEPS);
  await copyRuns();
  await load('/runs');
  await page.waitForFunction(curvesKept, RUNS, { polling: 1000 });

  await menu('New project');
  await page.getByText('Your text').waitFor();
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({
      name: `${SMALL}.txt`,
      mimeType: 'text/plain',
      buffer: Buffer.from((await sample()).slice(0, 1e5)),
    });
  await stages.getByText(/ characters$/).waitFor();
  await train(200);
  await writeFile(join(folder, 'filled'), '');
}

/** Writes a folder of `DOCUMENTS` distinct files. */
async function writeDocuments() {
  const at = join(await mkdtemp(join(tmpdir(), 'documents-')), LARGE);
  await mkdir(at);
  const text = await sample();
  for (let i = 0; i < DOCUMENTS; i++)
    await writeFile(
      join(at, `${String(i).padStart(5, '0')}.txt`),
      `Letter ${i}.\n${text.slice(50 * i, 50 * i + 600)}\n`,
    );
  return at;
}

async function sample() {
  const [first] = JSON.parse(await readFile(join(dist, 'samples/index.json'), 'utf8'));
  return readFile(join(dist, 'samples', first.file), 'utf8');
}

async function train(steps) {
  await go('Tokens & data');
  await set({ Exactly: 4096 });
  await page.getByRole('button', { name: 'Train the tokenizer' }).click();
  await stages.getByText(/ tokens$/).waitFor();
  await page.getByRole('link', { name: 'Data', exact: true }).click();
  await page.getByRole('button', { name: 'Build the data' }).click();
  await page.getByText(/tokens: .* held out/).waitFor();
  await go('Model');
  await strip.getByRole('button', { name: /^Device/ }).click();
  await page.getByRole('menu').getByText('WASM').first().click();
  await strip.getByText('WASM').first().waitFor();
  await set({ ...TINY, Steps: steps, 'Evaluate every': 50 });
  await page.getByRole('region', { name: 'Training' }).getByText('Seldom changed').click();
  await set({ 'Save every': 1000, 'Evaluate on': 1024 });
  await page.getByRole('button', { name: 'Start training' }).first().click();
  await strip.getByText('Finished').waitFor();
}

async function go(stage) {
  await stages.getByRole('link', { name: new RegExp(`^${stage}`) }).click();
}

async function set(fields) {
  for (const [label, value] of Object.entries(fields)) {
    const field = page.getByRole('textbox', { name: label, exact: true });
    await field.fill(String(value));
    await field.press('Tab');
  }
}

async function menu(entry) {
  await strip.getByRole('button', { name: /^Project, / }).click();
  await page.waitForTimeout(500); // nobody chooses sooner
  await page.getByRole('menu').getByText(entry, { exact: true }).click();
}

/** Copies the newest run's stored values under other ids, with other settings and losses. */
async function copyRuns() {
  await page.evaluate(async (runs) => {
    const wait = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await wait(indexedDB.open('homegrown'));
    const [name] = database.objectStoreNames;
    const inStore = (mode) => database.transaction(name, mode).objectStore(name);
    const keys = await wait(inStore('readonly').getAllKeys());
    const from = keys.find((key) => key.startsWith('runs-index/')).slice('runs-index/'.length);
    const own = keys.filter((key) => key.split('/')[1] === from && !key.startsWith('curves/'));
    const values = await Promise.all(own.map((key) => wait(inStore('readonly').get(key))));
    for (let i = 1; i < runs; i++) {
      const id = crypto.randomUUID();
      const store = inStore('readwrite');
      for (const [at, value] of values.entries()) store.put(changed(own[at], value, id, i), own[at].replace(from, id));
      await new Promise((resolve) => (store.transaction.oncomplete = resolve));
    }
    database.close();

    function changed(key, value, id, i) {
      if (value instanceof Uint8Array) return value;
      const copy = JSON.parse(JSON.stringify(value).replaceAll(from, id));
      if (key.startsWith('runs-index/')) {
        copy.name += ` ${i + 1}`;
        copy.createdAt += i;
        copy.hue = 1 + (i % 8);
        Object.assign(copy.segments[0].recipe, { seed: 1 + i, dropout: (i % 4) / 10 });
      }
      if (key.startsWith('journal/')) {
        for (const row of copy.steps) row[1] *= 1 + i / 500;
        for (const event of copy.others) if ('loss' in event) event.loss *= 1 + i / 500;
      }
      return copy;
    }
  }, RUNS);
}

/** Whether the store has the curves of this number of runs. */
function curvesKept(runs) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('homegrown');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const [name] = opening.result.objectStoreNames;
      const range = IDBKeyRange.bound('curves/', 'curves/\uffff');
      const counting = opening.result.transaction(name).objectStore(name).count(range);
      counting.onsuccess = () => {
        opening.result.close();
        resolve(counting.result >= runs);
      };
    };
  });
}

/** Paths of both projects. */
async function addressesOf() {
  const found = {};
  for (const name of [SMALL, LARGE]) {
    if ((await strip.getByRole('button', { name: /^Project, / }).innerText()) !== name) await menu(name);
    await page.getByRole('button', { name: `Project, ${name}` }).waitFor();
    await settled();
    found[name] = new URL(page.url()).pathname.replace(/\/\w+$/, '');
  }
  return found;
}

/** Measures opening a stage of the large project by its link, on a reloaded page. */
async function opening(stage) {
  await load(`${addresses[LARGE]}/text`);
  await settled();
  const name = stage === 'data' ? 'Tokens & data' : stage[0].toUpperCase() + stage.slice(1);
  await measured(`${stage} of ${LARGE} opens`, () =>
    arriving(LARGE, stage, async () => {
      await stages.getByRole('link', { name: new RegExp(`^${name}`) }).click();
      if (stage === 'data') await page.getByRole('link', { name: 'Data', exact: true }).click();
    }),
  );
}

/** Measures switching by the menu to a project that this page has not shown. */
async function switchingFirst(stage) {
  await page.goto('about:blank');
  await load(`${addresses[SMALL]}/${stage}`);
  await settled();
  await measured(`${stage}, first by the menu to ${LARGE}`, () => arriving(LARGE, stage, () => menu(LARGE)));
}

/** Measures the first switch, later switches by the menu, and switches by the browser's history. */
async function switching(stage) {
  await switchingFirst(stage);
  await load(`${addresses[LARGE]}/${stage}`);
  await settled();
  for (const to of [SMALL, LARGE])
    await measured(`${stage}, by the menu to ${to}`, () => arriving(to, stage, () => menu(to)));
  for (const [to, act] of [
    [SMALL, () => history.back()],
    [LARGE, () => history.forward()],
  ])
    await measured(`${stage}, by address to ${to}`, () => arriving(to, stage, () => page.evaluate(act)));
}

/** Measures loading the app at an address. */
async function byAddress(stage) {
  for (const to of [SMALL, LARGE]) {
    await page.goto('about:blank');
    await measured(`${stage} of ${to}, loaded`, async () => {
      await page.goto(`${origin}${addresses[to]}/${stage}`, { waitUntil: 'commit' });
      return page.evaluate(arrival, { project: to, ...ARRIVED[stage], isLoaded: true });
    });
  }
}

/** Waits for pending work. */
async function settled() {
  await page.waitForTimeout(1500);
}

/** Milliseconds from `act` until the project is named, and until its stage is there. */
async function arriving(project, stage, act) {
  const there = page.evaluate(arrival, { project, ...ARRIVED[stage], isLoaded: false });
  await act();
  return there;
}

/** Runs in the page: resolves to the milliseconds until the project is named, and until its stage is drawn. */
function arrival({ project, selector, needs, changes, isLoaded }) {
  return new Promise((resolve) => {
    const words = () => changes && document.querySelector(changes)?.textContent;
    const before = words();
    let began = isLoaded ? 0 : undefined;
    let named;
    // The first press opens the menu; only the last press counts.
    const begin = ({ timeStamp }) => (began = timeStamp);
    if (!isLoaded) for (const event of ['pointerup', 'popstate']) addEventListener(event, begin, { capture: true });
    const rendered = (then) => requestAnimationFrame(() => setTimeout(() => then(performance.now() - began)));
    const look = () => {
      const isNamed = document.querySelector('header [aria-label^="Project, "]')?.textContent === project;
      const isThere = document.querySelector(selector)?.textContent.includes(project);
      if (began !== undefined && isNamed && named === undefined) rendered((ms) => (named = ms));
      const isDrawn = (!needs || document.querySelector(needs)) && (!changes || (words() && words() !== before));
      if (began !== undefined && isNamed && isThere && isDrawn)
        rendered((there) => resolve({ named: named ?? there, there }));
      else requestAnimationFrame(look);
    };
    look();
  });
}

async function measured(what, act) {
  const stop = process.env.TASKS === '0' ? () => [] : await traced(page, origin);
  const { named, there } = await act();
  await page.waitForTimeout(1000);
  const tasks = await stop();
  const long = tasks.filter(({ ms }) => ms > TOO_LONG_MS);
  const ms = (time) => (time === undefined ? '' : `${Math.round(time)}`).padStart(6);
  console.log(
    `${what.padEnd(36)} named ${ms(named)}  there ${ms(there)}  longest task ${tasks[0]?.ms.toFixed(0) ?? 0} ms`,
  );
  if (long.length > 0) report(long, 5);
}
