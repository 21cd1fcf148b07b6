/**
 * The service worker: keeps every file of its build in this browser, so that the app opens and works without a network,
 * and answers for no other origin. A file is kept under its hash: those of two builds lie side by side, and a page has
 * the files that it began with until it is closed.
 */
import type { Asked, Told } from '../protocol/offline';

declare const self: ServiceWorkerGlobalScope;
/** What the build writes in (scripts/offline.ts): its files by their paths, and a name for what its headers are. */
declare const BUILD: { files: Readonly<Record<string, { integrity: string; size: number }>>; cache: string };
const { files: FILES, cache: CACHE } = BUILD;

self.addEventListener('install', (event) => {
  event.waitUntil(keep());
});
self.addEventListener('activate', (event) => {
  event.waitUntil(dropOthers().then(() => self.clients.claim()));
});
self.addEventListener('fetch', (event) => {
  event.respondWith(answer(event.request));
});
self.addEventListener('message', (event) => {
  event.waitUntil((event.data as Asked) === 'keep' ? keepOrGo() : takeOver());
});

const PATHS = Object.keys(FILES);
const keyOf = (path: string): string => `${path}?${FILES[path]!.integrity}`;
const isOurs = (path: string): boolean => Object.hasOwn(FILES, path);

/**
 * Fetches what is missing, file by file, and tells how far it is. When one fails the others are kept all the same.
 * The hash holds against a host that has a newer build by now, or that changes files on the way.
 */
async function keep(): Promise<void> {
  const cache = await caches.open(CACHE);
  const present = new Set<string>();
  for (const path of PATHS) if (await cache.match(keyOf(path))) present.add(path);
  await tellKept(present);
  for (const path of PATHS.filter((one) => !present.has(one))) {
    const request = new Request(path, { cache: 'no-cache', integrity: FILES[path]!.integrity });
    const response = await asked(request).catch(() => undefined);
    if (!response?.ok) continue;
    await cache.put(keyOf(path), response);
    await tellKept(present.add(path));
  }
  if (present.size < PATHS.length) throw new Error(`${PATHS.length - present.size} files could not be kept`);
}

/** A page's own path is the app's, whatever it is. What is not of the build is for the server to answer. */
async function answer(request: Request): Promise<Response> {
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return Response.error();
  const path = request.mode === 'navigate' && !isOurs(pathname) ? '/' : pathname;
  const cache = await caches.open(CACHE);
  const kept = request.method === 'GET' && isOurs(path) ? await cache.match(keyOf(path)) : undefined;
  return kept ?? asked(request);
}

/** Every request that the service worker makes goes through here, and is told. */
async function asked(request: Request): Promise<Response> {
  await tell({ kind: 'asked' });
  return fetch(request);
}

/** Files that no build here needs any more. No page has them: they would have kept the older service worker alive. */
async function dropOthers(): Promise<void> {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  const cache = await caches.open(CACHE);
  const keys = new Set(PATHS.map((path) => new URL(keyOf(path), self.location.origin).href));
  for (const request of await cache.keys()) if (!keys.has(request.url)) await cache.delete(request);
}

/** Where the server has no such service worker any more, something else is to be had at this address, and gets it. */
async function keepOrGo(): Promise<void> {
  const script = await asked(new Request('/sw.js', { cache: 'no-store' })).catch(() => undefined);
  const isScript = script?.headers.get('Content-Type')?.includes('javascript');
  const isGone = script && (script.status === 404 || script.status === 410 || (script.ok && !isScript));
  if (isGone) await self.registration.unregister();
  else await keep();
}

/**
 * Only for the one page that is open: another would lose the files that it began with. Of one that has just been closed the
 * older version may still answer requests, and while it does, Chromium (156) does not let a newer one in, nor for half a minute after.
 */
async function takeOver(): Promise<void> {
  if ((await openPages()).length === 1) await new Promise((resolve) => setTimeout(resolve, A_MOMENT_MS));
  const { length: pages } = await openPages();
  if (pages > 1) {
    await tell({ kind: 'open elsewhere', pages });
    return;
  }
  await tell({ kind: 'taking over' });
  await self.skipWaiting();
}
const A_MOMENT_MS = 500;
const openPages = () => self.clients.matchAll({ type: 'window', includeUncontrolled: true });

async function tellKept(present: ReadonlySet<string>): Promise<void> {
  const bytes = [...present].reduce((sum, path) => sum + FILES[path]!.size, 0);
  await tell({ kind: 'kept', files: present.size, of: PATHS.length, bytes });
}
async function tell(told: Told): Promise<void> {
  for (const page of await openPages()) page.postMessage(told);
}
