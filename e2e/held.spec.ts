/** Who holds the page to its own address, server by server: said in words that are true, and tried. */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { createServer as createDevServer } from 'vite';
import { Studio } from './studio';

test.use({ serviceWorkers: 'allow' });

const PORT = Number(process.env.E2E_PORT ?? 4183);
const [ELSEWHERE, BARE, DEV] = [PORT + 200, PORT + 300, PORT + 400];

let elsewhere: Server;
let hits: string[];
test.beforeEach(() => {
  hits = [];
  elsewhere = createServer(({ url = '' }, response) => {
    hits.push(url);
    response.setHeader('Access-Control-Allow-Origin', '*').end('here');
  }).on('upgrade', ({ url = '' }, socket) => {
    hits.push(url);
    socket.destroy();
  });
  elsewhere.listen(ELSEWHERE);
});
test.afterEach(() => {
  elsewhere.closeAllConnections();
  elsewhere.close();
});

/** What a hostile dependency would try, from the page. */
async function tryRequests(page: Page): Promise<void> {
  await page.evaluate(async (port) => {
    const address = `localhost:${port}`;
    await fetch(`http://${address}/fetch`, { mode: 'no-cors' }).catch(() => undefined);
    navigator.sendBeacon(`http://${address}/beacon`, 'x');
    new Image().src = `http://${address}/image`;
    const socket = new WebSocket(`ws://${address}/socket`);
    await new Promise((resolve) => {
      socket.onerror = socket.onopen = resolve;
      setTimeout(resolve, 2000);
    });
  }, ELSEWHERE);
}
/** What a policy does not cover. */
async function tryToLeave(page: Page): Promise<void> {
  await page.evaluate((port) => void window.open(`http://localhost:${port}/window`), ELSEWHERE);
  await page.waitForTimeout(1000);
  await page.evaluate((port) => void (location.href = `http://localhost:${port}/link`), ELSEWHERE);
  await page.waitForTimeout(1000);
}
const calls = (page: Page) => page.evaluate(() => 'RTCPeerConnection' in globalThis);

test('with every header nothing reaches another address, and the page says so', async ({ page }) => {
  const studio = new Studio(page);
  await studio.open();
  await expect(page.getByText('This browser refuses the page all that leads elsewhere')).toBeVisible();
  expect(await calls(page)).toBe(false);
  await tryRequests(page);
  await tryToLeave(page);
  expect(hits).toEqual([]);
});

test.describe('without Connection-Allowlist, as in other browsers', () => {
  test.use({ serviceWorkers: 'block' });
  test('requests reach no other address, pop-ups and links do, and the page says so', async ({ page }) => {
    await page.route('/', async (route) => {
      const response = await route.fetch();
      const { 'connection-allowlist': _, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    });
    await new Studio(page).open();
    await expect(page.getByText('Pop-ups and links it does not hold back')).toBeVisible();
    expect(await calls(page)).toBe(false);
    await tryRequests(page);
    expect(hits).toEqual([]);
    await tryToLeave(page);
    await expect.poll(() => hits).toContain('/window');
  });
});

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
};

test('on a host that sends no headers the page is held by its own policy, and workers by the service worker', async ({
  page,
}) => {
  const bare = createServer(({ url = '/' }, response) => {
    const path = new URL(url, 'http://localhost').pathname;
    const send = async (file: string): Promise<void> => {
      const bytes = await readFile(join('dist', file));
      response.setHeader('Content-Type', TYPES[extname(file)] ?? 'text/plain').end(bytes);
    };
    send(path === '/' ? 'index.html' : path).catch(() => send('index.html'));
  }).listen(BARE);
  const studio = new Studio(page);
  await studio.open(`http://localhost:${BARE}/`);
  await expect(page.getByText('this server does not send the headers for it')).toBeVisible();
  await tryRequests(page);
  expect(hits).toEqual([]);
  await expect(studio.stages).toContainText(/kept for offline\s*[\d.]+ MB/, { timeout: 120_000 });
  await page.reload();
  await expect(studio.strip).toContainText(/WASM|WebGPU|CPU/);
  for (const worker of studio.workers) {
    const reached = await worker.evaluate(
      (port) =>
        fetch(`http://localhost:${port}/worker`).then(
          () => true,
          () => false,
        ),
      ELSEWHERE,
    );
    expect(reached).toBe(false);
  }
  expect(studio.workers.length).toBeGreaterThan(0);
  expect(hits).toEqual([]);
  bare.closeAllConnections();
  bare.close();
});

test('the dev server holds the page as the built one is held', async ({ page }) => {
  const server = await createDevServer({ logLevel: 'error', server: { port: DEV, strictPort: true } });
  await server.listen();
  const studio = new Studio(page);
  await studio.open(`http://localhost:${DEV}/`);
  await expect(page.getByText('This browser refuses the page all that leads elsewhere')).toBeVisible();
  await expect(studio.stages).toContainText(/kept for offline\s*no/);
  await tryRequests(page);
  await tryToLeave(page);
  expect(hits).toEqual([]);
  await server.close();
});
