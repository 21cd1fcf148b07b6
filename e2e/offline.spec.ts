/** Offline use: the app opens, trains and exports without its server, and counts its requests. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import { expect, test, type Page, type TestInfo } from '@playwright/test';
import { preview, type PreviewServer } from 'vite';
import { writeServiceWorker } from '../scripts/offline';
import { expectAccessible } from './axe';
import { portFor } from './ports';
import { STAGE_NAMES } from './stages';
import { Studio, TINY } from './studio';

test.use({ serviceWorkers: 'allow' });

/** Server of a copy of the build; the test can stop it and change the copy. */
class Host {
  /** Requested paths, except the browser's own requests for the service worker script. */
  readonly asked: string[] = [];
  /** Paths requested by the page and its workers. Service worker requests have no destination and come later. */
  readonly askedByPage: string[] = [];
  readonly askedByServiceWorker: string[] = [];
  private hasServiceWorker = false;
  private server: PreviewServer | undefined;
  private constructor(
    readonly folder: string,
    readonly port: number,
  ) {}
  static async of(info: TestInfo, port: number): Promise<Host> {
    const folder = info.outputPath('dist');
    await cp('dist', folder, { recursive: true });
    return new Host(folder, port);
  }
  async start(): Promise<void> {
    const { port } = this;
    this.server = await preview({
      logLevel: 'error',
      build: { outDir: this.folder },
      preview: { port, strictPort: true },
    });
    this.server.httpServer.on('request', ({ url = '', headers }: IncomingMessage) => {
      if (headers['service-worker'] === undefined) this.asked.push(url);
      else this.hasServiceWorker = true;
      const isByServiceWorker = this.hasServiceWorker && headers['sec-fetch-dest'] === 'empty';
      if (headers['service-worker'] === undefined)
        (isByServiceWorker ? this.askedByServiceWorker : this.askedByPage).push(url);
    });
  }
  /** Updates the service worker to the current files, as a build does. */
  rebuilt(): Promise<void> {
    return writeServiceWorker(this.folder);
  }
  async stop(): Promise<void> {
    const server = this.server?.httpServer as Server | undefined;
    server?.closeAllConnections();
    await this.server?.close();
  }
  get address(): string {
    return `http://localhost:${this.port}`;
  }
}
const PORT = portFor(100);

const kept = (studio: Studio) =>
  studio.expectPrivacy(/Works offline\s*everything\s*App files, saved here\s*all [\d.]+ MB/);
const MB = String.raw`[\d.]+ [kM]B`;
const hasCore = (studio: Studio) =>
  studio.expectPrivacy(
    new RegExp(String.raw`Works offline\s*opening and training[^\n]*\s*App files, saved here\s*${MB} of ${MB}`),
  );
async function count(studio: Studio, label: string): Promise<number> {
  const words = new RegExp(`${label}\\s*([\\d,]+)`);
  return Number(words.exec(await studio.expectPrivacy(words))![1]!.replace(',', ''));
}

test('a browser with data saving stores the rest on request, and then trains, opens, and exports every format offline', async ({
  page,
  context,
}, info) => {
  await page.addInitScript(() => {
    const { prototype } = Reflect.get(globalThis, 'NetworkInformation') as { prototype: object };
    Object.defineProperty(prototype, 'saveData', { value: true });
  });
  const host = await Host.of(info, PORT);
  await host.start();
  const studio = new Studio(page);
  await studio.open(`${host.address}/`);
  await studio.expectPrivacy(/no, because data saver is on/);
  await expectAccessible(page, 'saving data');
  expect(host.asked.some((path) => path.includes('ort-wasm'))).toBe(false);
  const privacy = await studio.openPrivacy();
  await privacy.getByRole('button', { name: 'Make Homegrown available offline' }).press('Enter');
  await privacy.getByRole('button', { name: 'Close' }).click();
  await kept(studio);
  expect(host.asked.some((path) => path.includes('ort-wasm'))).toBe(true);
  // The page's counter matches the server's.
  await expect.poll(async () => (await count(studio, 'Loaded from this site')) - host.asked.length).toBe(0);
  expect(await count(studio, 'Requests to other sites')).toBe(0);

  // The open page trains, and opens stages that it hasn't loaded yet.
  await host.stop();
  await context.setOffline(true);
  await studio.useDevice('WASM');
  await studio.goTo('Model');
  await studio.set({ ...TINY, Layers: 1, Width: 32, Steps: 5, 'Evaluate every': 5 });
  await studio.goTo('Text');
  await page.getByRole('button', { name: /, Write like a text$/ }).click();
  await studio.event(5, /Evaluated/);

  await page.goto(`${host.address}/model`);
  await expect(studio.strip).toContainText('WASM');
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  for (const stage of STAGE_NAMES) await studio.goTo(stage);
  for (const name of ['Hugging Face folder', 'GGUF', 'ONNX', 'Offline page', 'Web service', 'PyTorch bundle']) {
    await studio.exportAs(name);
    await expect(page.getByRole('article').getByText('Exported and verified')).toBeVisible({ timeout: 120_000 });
  }
  // No requests were made, except the check for a new service worker.
  expect(await count(studio, 'Requests to other sites')).toBe(0);
  expect(await count(studio, 'Loaded from this site')).toBe(1);
  // The browser saw no other request either.
  const isOwn = (url: string): boolean => url.startsWith(`${host.address}/`) || url.startsWith('blob:');
  expect(studio.requests.length).toBeGreaterThan(20);
  expect(studio.requests.filter((url) => !isOwn(url))).toEqual([]);
  expect(studio.errors).toEqual([]);
});

/** Waits until the page is usable: its device and samples are known, and a button works. */
async function interactive(studio: Studio): Promise<void> {
  const { page } = studio;
  await expect(studio.strip).toContainText(/WASM|WebGPU|CPU/, { timeout: 120_000 });
  await expect(page.getByRole('button', { name: /, Write like a text$/ })).toBeEnabled();
  await page.getByRole('button', { name: 'Paste text…' }).click();
  await expect(page.getByRole('textbox', { name: 'Text', exact: true })).toBeVisible();
}

test('the first page makes few requests, then stores what a run needs, and the rest while it is visible and idle', async ({
  page,
  context,
}, info) => {
  await page.addInitScript(() => {
    Object.defineProperty(document, 'hidden', { get: () => !Reflect.has(globalThis, 'isShown') });
  });
  const host = await Host.of(info, PORT);
  await host.start();
  const studio = new Studio(page);
  await page.goto(`${host.address}/`);
  await interactive(studio);
  expect(host.askedByPage.length).toBeGreaterThan(20);
  expect(host.askedByPage.length).toBeLessThanOrEqual(60);
  await page.keyboard.press('Escape');
  await hasCore(studio);
  expect(host.asked.filter((path) => path.includes('ort-wasm'))).toEqual([]);
  // The service worker takes files that the page has loaded from the browser's cache.
  expect(host.askedByServiceWorker.filter((path) => path !== '/' && host.askedByPage.includes(path))).toEqual([]);

  await host.stop();
  await context.setOffline(true);
  await studio.open(`${host.address}/`);
  await studio.useDevice('WASM');
  await studio.goTo('Model');
  await studio.set({ ...TINY, Layers: 1, Width: 32, Steps: 5, 'Evaluate every': 5 });
  await studio.goTo('Text');
  await studio.paste('The whale is large. The sea is wide. '.repeat(2000));
  await page.getByRole('button', { name: 'Start training' }).click();
  await studio.event(5, /Evaluated/);
  await hasCore(studio);

  await host.start();
  await context.setOffline(false);
  await page.reload();
  await page.evaluate(() => Object.assign(globalThis, { isShown: true }));
  await kept(studio);
  expect(studio.errors).toEqual([]);
  await host.stop();
});

const storedPaths = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const stores = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return stores.flat().map(({ url }) => new URL(url).pathname);
  });

const version = (page: Page) => page.locator('meta[name=description]').getAttribute('content');

/** Changes the page and nothing else, as a build does. */
async function rebuild(host: Host, words: string): Promise<void> {
  const file = join(host.folder, 'index.html');
  const page = await readFile(file, 'utf8');
  await writeFile(file, page.replace(/(name="description"\s+content=")[^"]*/, `$1${words}`));
  await host.rebuilt();
}

test('a newer version opens when no page has the older one, or when the only page asks for it', async ({
  page,
  context,
}, info) => {
  const host = await Host.of(info, PORT);
  await host.start();
  const studio = new Studio(page);
  await studio.open(`${host.address}/`);
  await kept(studio);

  await rebuild(host, 'the second');
  await page.reload();
  expect(await version(page)).not.toBe('the second');
  const offer = studio.stages.getByRole('button', { name: 'open it now' });
  await expect(offer).toBeVisible();
  await expectAccessible(page, 'a newer version waits');
  const other = await context.newPage();
  await other.goto(`${host.address}/`);
  await expect(other.getByRole('banner')).toBeVisible();
  expect(await version(other)).not.toBe('the second');
  await offer.click();
  await expect(page.getByText('Close the other Homegrown tab first')).toBeVisible();
  expect(await version(page)).not.toBe('the second');
  // A closed page stays in the browser's list of clients for a moment. Requests are refused meanwhile, and the refusal
  // may arrive after the newer version takes over.
  const askOn = offer.evaluate(async (button: HTMLElement) => {
    for (let times = 0; times < 200; times++) {
      button.click();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  });
  await Promise.all([other.close(), askOn.catch(() => undefined)]);
  const opened = async (): Promise<string | null> => {
    await offer.press('Enter', { timeout: 2000 }).catch(() => undefined);
    return version(page).catch(() => '');
  };
  // If the older version was still busy for the closed page, the browser activates the new one within a minute.
  await expect.poll(opened, { timeout: 120_000 }).toBe('the second');

  await rebuild(host, 'the third');
  await page.reload();
  await expect(offer).toBeVisible();
  expect(await version(page)).toBe('the second');
  await page.close();
  // A closed page remains a client for a moment, and the older version's work ends first. An app opened in that time
  // still gets the older version, and the newer one the next time.
  let next = await context.newPage();
  const openedAnew = async (): Promise<string | null> => {
    await next.close();
    next = await context.newPage();
    await new Studio(next).open(`${host.address}/`);
    return version(next);
  };
  await expect.poll(openedAnew, { intervals: [500, 1000, 2000, 4000] }).toBe('the third');
  await kept(new Studio(next));
  // Files of older versions are gone.
  expect((await storedPaths(next)).filter((path) => path === '/')).toHaveLength(1);
  await host.stop();
});

test('a file that the host changed is not stored, and another app at the address gets its page', async ({
  page,
}, info) => {
  const host = await Host.of(info, PORT);
  const sample = join(host.folder, 'samples/moby-dick.txt');
  await writeFile(sample, `${await readFile(sample, 'utf8')} and more`);
  await host.start();
  const studio = new Studio(page);
  await studio.open(`${host.address}/`);
  // The last file, by size, is stored; the changed one isn't.
  await expect.poll(() => storedPaths(page)).toContainEqual(expect.stringContaining('/ort-wasm'));
  expect(await storedPaths(page)).not.toContain('/samples/moby-dick.txt');
  await hasCore(studio);
  await host.rebuilt();
  await page.reload();
  const reloaded = page.waitForEvent('load');
  await studio.stages.getByRole('button', { name: 'open it now' }).click();
  await reloaded;
  await kept(studio);
  expect(await storedPaths(page)).toContain('/samples/moby-dick.txt');
  await host.stop();

  const stranger = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<h1>Another app</h1>');
  }).listen(PORT);
  await page.reload();
  await expect(studio.strip).toBeVisible();
  await expect
    .poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration()) === undefined))
    .toBe(true);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Another app' })).toBeVisible();
  stranger.closeAllConnections();
  stranger.close();
});
