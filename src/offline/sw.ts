/**
 * The service worker: stores the files of its build in this browser, so that the app opens and works without a network,
 * and answers for no other origin. It stores the core when it is installed, other files at their first use and when the
 * page has time. A file is stored under its hash: those of two builds lie side by side, and a page has the files that it
 * began with until it is closed.
 */
import type { Asked, OfflineMessage } from '../protocol/offline';

declare const self: ServiceWorkerGlobalScope;
/** What the build writes in (scripts/offline.ts): its files by their paths, and a name for what its headers are. */
declare const BUILD: {
  files: Readonly<Record<string, { integrity: string; size: number; isCore: boolean }>>;
  cache: string;
};
const { files: FILES, cache: CACHE } = BUILD;

self.addEventListener('install', (event) => {
  // A newer version works offline as far as the older one does.
  event.waitUntil(self.registration.active ? storeAll() : storeCore());
});
self.addEventListener('activate', (event) => {
  event.waitUntil(dropOthers().then(() => self.clients.claim()));
});
self.addEventListener('fetch', (event) => {
  event.respondWith(answer(event.request));
});
self.addEventListener('message', (event) => {
  event.waitUntil(ANSWERS[event.data as Asked]());
});

const PATHS = Object.keys(FILES);
const keyOf = (path: string): string => `${path}?${FILES[path]!.integrity}`;
const isOurs = (path: string): boolean => Object.hasOwn(FILES, path);

/** Without a request where the page has just loaded a file: the browser has it, and its hash is checked. */
async function storeCore(): Promise<void> {
  const missing = (await missingPaths()).filter((path) => FILES[path]!.isCore);
  const stored = await store(missing, async (path) => (await cached(path)) ?? fetched(path));
  if (stored < missing.length) throw new Error(`${missing.length - stored} files of the core could not be stored`);
}

async function storeAll(): Promise<void> {
  const missing = await missingPaths();
  const stored = await store(missing);
  if (stored < missing.length) throw new Error(`${missing.length - stored} files could not be stored`);
}

/** A few of the missing files, so that the page can pause between them. */
async function storeSome(): Promise<void> {
  const missing = await missingPaths();
  let bytes = 0;
  const few = missing
    .toSorted((a, b) => Number(failed.has(a)) - Number(failed.has(b)))
    .filter((path, i) => i < MAX_FILES && (bytes += FILES[path]!.size) - FILES[path]!.size < MAX_BYTES);
  await store(few);
  await tell({ kind: 'stored', isMissingMore: (await missingPaths()).some((path) => !failed.has(path)) });
}
const MAX_FILES = 32;
/** A larger file is fetched if none goes before it. */
const MAX_BYTES = 1e6;
/** Paths that could not be stored since a page last opened. They come last. What a page asks for without a network is none. */
const failed = new Set<string>();

/**
 * Fetches files one after another and reports progress. When one fails, the others are stored all the same.
 * @returns how many it stored
 */
async function store(paths: readonly string[], get = fetched): Promise<number> {
  const missing = new Set(await missingPaths());
  await tellKept(missing);
  let stored = 0;
  for (const path of paths) {
    if (!(await get(path))) {
      failed.add(path);
      continue;
    }
    stored++;
    missing.delete(path);
    await tellKept(missing);
  }
  return stored;
}

/**
 * Stores a file and returns it. The hash guards against a host that has a newer build now, or changes files in
 * transit.
 */
async function fetched(path: string): Promise<Response | undefined> {
  const { integrity } = FILES[path]!;
  const response = await asked(new Request(path, { cache: 'no-cache', integrity })).catch(() => undefined);
  return response?.ok ? kept(path, response) : undefined;
}

/** The same from the browser's own cache, without a request. */
async function cached(path: string): Promise<Response | undefined> {
  const { integrity } = FILES[path]!;
  const request = new Request(path, { cache: 'only-if-cached', mode: 'same-origin', integrity });
  const response = await fetch(request).catch(() => undefined);
  return response?.ok ? kept(path, response) : undefined;
}

async function kept(path: string, response: Response): Promise<Response> {
  failed.delete(path);
  await (await caches.open(CACHE)).put(keyOf(path), response.clone());
  return response;
}

async function missingPaths(): Promise<string[]> {
  const cache = await caches.open(CACHE);
  const present = new Set((await cache.keys()).map(({ url }) => url));
  return PATHS.filter((path) => !present.has(new URL(keyOf(path), self.location.origin).href));
}

/** A page's own path is the app's, whatever it is. What is not of the build is for the server to answer. */
async function answer(request: Request): Promise<Response> {
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return Response.error();
  const path = request.mode === 'navigate' && !isOurs(pathname) ? '/' : pathname;
  const cache = await caches.open(CACHE);
  if (request.method !== 'GET' || !isOurs(path)) return asked(request);
  return (await cache.match(keyOf(path))) ?? (await fetched(path)) ?? asked(request);
}

/** Sends and reports every request of the service worker. */
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
  else {
    failed.clear(); // the network may be back
    await store([]);
  }
  await tell({ kind: 'stored', isMissingMore: (await missingPaths()).length > 0 });
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

const ANSWERS: Readonly<Record<Asked, () => Promise<void>>> = {
  keep: keepOrGo,
  'keep more': storeSome,
  'take over': takeOver,
};

async function tellKept(missing: ReadonlySet<string>): Promise<void> {
  const bytesOf = (paths: Iterable<string>): number => [...paths].reduce((sum, path) => sum + FILES[path]!.size, 0);
  const of = bytesOf(PATHS);
  const hasCore = ![...missing].some((path) => FILES[path]!.isCore);
  await tell({ kind: 'kept', hasCore, bytes: of - bytesOf(missing), of });
}
async function tell(message: OfflineMessage): Promise<void> {
  for (const page of await openPages()) page.postMessage(message);
}
