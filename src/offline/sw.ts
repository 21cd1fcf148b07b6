/**
 * Service worker: stores the files of its build in this browser, so that the app works without a network. Answers for
 * no other origin. Stores the core on installation, and other files at their first use and when the page has time.
 * Files are stored by hash, so two builds can coexist. A page keeps the files that it began with until it is closed.
 */
import type { Asked, OfflineMessage } from '../protocol/offline';

declare const self: ServiceWorkerGlobalScope;
/** Values that the build inserts (scripts/offline.ts): its files by path, and a cache name derived from its headers. */
declare const BUILD: {
  files: Readonly<Record<string, { integrity: string; size: number; isCore: boolean }>>;
  cache: string;
};
const { files: FILES, cache: CACHE } = BUILD;

self.addEventListener('install', (event) => {
  // A newer version works offline as far as the older one did.
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

/** Stores the core. Files that the page has just loaded come from the browser's cache, with a hash check. */
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

/** Stores a few of the missing files, so that the page can pause between them. */
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
/** Maximum bytes per call; a larger file is fetched only as the first. */
const MAX_BYTES = 1e6;
/** Paths that couldn't be stored since a page last opened; they come last. Excludes page requests without a network. */
const failed = new Set<string>();

/**
 * Fetches files one after another and reports progress. Continues after a file that fails.
 * @returns number of stored files
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
 * Fetches, stores and returns a file. The hash guards against a host that has a newer build or changes files in
 * transit.
 */
async function fetched(path: string): Promise<Response | undefined> {
  const { integrity } = FILES[path]!;
  const response = await asked(new Request(path, { cache: 'no-cache', integrity })).catch(() => undefined);
  return response?.ok ? kept(path, response) : undefined;
}

/** Reads the file from the browser's own cache, without a request. */
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

/** Answers a request. Any page path is the app's; other paths outside the build go to the server. */
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

/** Deletes files that no build here needs. No page uses them, or it would have kept the older service worker alive. */
async function dropOthers(): Promise<void> {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  const cache = await caches.open(CACHE);
  const keys = new Set(PATHS.map((path) => new URL(keyOf(path), self.location.origin).href));
  for (const request of await cache.keys()) if (!keys.has(request.url)) await cache.delete(request);
}

/** Unregisters if the server no longer has this service worker, so that its new content is shown. */
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
 * Takes over only if one page is open, since another page would lose its files. The older version may still answer
 * requests of a page that has just closed. Until half a minute after that, Chromium (156) doesn't activate a newer one.
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
