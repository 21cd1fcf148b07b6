/** Policies that keep the page from other addresses, for each kind of server: the page's claims are tested. */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { createServer as createDevServer } from 'vite';
import { portFor } from './ports';
import { Studio } from './studio';

const [ELSEWHERE, BARE, DEV] = [portFor(200), portFor(300), portFor(400)];

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

const ADDRESS = `localhost:${ELSEWHERE}`;
/** Chromium's page in place of one that a policy blocks. */
const BLOCKED = 'chrome-error://chromewebdata/';

/** Tries the requests of a hostile dependency: the policy blocks each one, and no server sees any. */
async function tryRequests(page: Page): Promise<void> {
  const blocked = await page.evaluate(async (address) => {
    const violations = new Set<string>();
    await new Promise<void>((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ blockedURI }) => {
        violations.add(blockedURI);
        if (violations.size === 4) resolve();
      });
      fetch(`http://${address}/fetch`, { mode: 'no-cors' }).catch(() => undefined);
      navigator.sendBeacon(`http://${address}/beacon`, 'x');
      new Image().src = `http://${address}/image`;
      new WebSocket(`ws://${address}/socket`);
    });
    return [...violations].sort();
  }, ADDRESS);
  expect(blocked).toEqual([
    `http://${ADDRESS}/beacon`,
    `http://${ADDRESS}/fetch`,
    `http://${ADDRESS}/image`,
    `ws://${ADDRESS}/socket`,
  ]);
  expect(hits).toEqual([]);
}
/** Opens a window and follows a link, which a Content-Security-Policy doesn't cover. They end at these addresses. */
async function tryToLeave(page: Page, window: string, link: string): Promise<void> {
  const popup = page.waitForEvent('popup');
  await page.evaluate((address) => void open(`http://${address}/window`), ADDRESS);
  const opened = await popup;
  await expect.poll(() => opened.url()).toBe(window);
  await page.evaluate((address) => void (location.href = `http://${address}/link`), ADDRESS);
  await expect.poll(() => page.url()).toBe(link);
}
/** Older versions accept the header `Connection-Allowlist` and don't enforce it. */
const ENFORCES = 156;
const skipIfOlder = (version: string): void =>
  test.skip(Number.parseInt(version, 10) < ENFORCES, `Chromium ${version} doesn't enforce Connection-Allowlist`);
const calls = (page: Page) => page.evaluate(() => 'RTCPeerConnection' in globalThis);

test('with every header no request leaves the site, and the page says so', async ({ page, browser }) => {
  skipIfOlder(browser.version());
  const studio = new Studio(page);
  await studio.open();
  await expect(
    page.getByText('The browser blocks every request to other sites, including calls, pop-ups and links.'),
  ).toBeVisible();
  expect(await calls(page)).toBe(false);
  await tryRequests(page);
  await tryToLeave(page, BLOCKED, BLOCKED);
  expect(hits).toEqual([]);
});

test.describe('without Connection-Allowlist, as in other browsers', () => {
  test('without it, requests stay on the site, pop-ups and links can leave, and the page says so', async ({ page }) => {
    await page.route('/', async (route) => {
      const response = await route.fetch();
      const { 'connection-allowlist': _, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    });
    await new Studio(page).open();
    await expect(page.getByText('It can’t block pop-ups and links')).toBeVisible();
    expect(await calls(page)).toBe(false);
    await tryRequests(page);
    await tryToLeave(page, `http://${ADDRESS}/window`, `http://${ADDRESS}/link`);
    expect(hits).toEqual(expect.arrayContaining(['/window', '/link']));
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

test.describe('with a service worker', () => {
  test.use({ serviceWorkers: 'allow' });
  test('on a host that sends no headers, the page’s own policy and the service worker block requests', async ({
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
    await expect(page.getByText('this server doesn’t send the headers for that')).toBeVisible();
    await tryRequests(page);
    await studio.expectPrivacy(/Works offline\s*everything/);
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

  test('the dev server has the same restrictions as the built app', async ({ page, browser }) => {
    skipIfOlder(browser.version());
    const server = await createDevServer({ logLevel: 'error', server: { port: DEV, strictPort: true } });
    await server.listen();
    const studio = new Studio(page);
    await studio.open(`http://localhost:${DEV}/`);
    await expect(
      page.getByText('The browser blocks every request to other sites, including calls, pop-ups and links.'),
    ).toBeVisible();
    await studio.expectPrivacy(/Works offline\s*no/);
    await tryRequests(page);
    await tryToLeave(page, BLOCKED, BLOCKED);
    expect(hits).toEqual([]);
    await server.close();
  });
});
