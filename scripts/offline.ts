/** The service worker: src/offline, with the list of files in the build. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { headersFor, hostFiles } from '../headers.config.ts';
import { CORE } from './chunks.ts';

export function offlinePlugin(): Plugin {
  return {
    name: 'service worker',
    apply: 'build',
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler({ dir }) {
        if (dir === undefined) throw new Error('The build has no folder');
        await writeServiceWorker(dir);
      },
    },
  };
}

/** Writes the service worker into a build's folder, for exactly its files. */
export const writeServiceWorker = async (dir: string): Promise<void> =>
  writeFile(join(dir, SCRIPT), await serviceWorker(await filesOf(dir)));

const SCRIPT = 'sw.js';
/** Files for the host, not for the app. */
const LEFT_OUT = new Set([SCRIPT, ...hostFiles().map(({ name }) => name)]);

type Files = Record<string, { integrity: string; size: number; isCore: boolean }>;

/** Whether a first visit and a first run on WASM need a file; chunks that core chunks import count besides. */
const isCoreName = (name: string): boolean =>
  ['index.html', 'icon.svg', 'manifest.webmanifest', 'samples/index.json'].includes(name) ||
  new RegExp(`^(assets|workers)/(${CORE}|index-|role\\.worker-)`).test(name) ||
  // A term on any page opens without a network.
  /^assets\/(TermEntry|runNumbers)-/.test(name) ||
  /^assets\/(.*\.woff2|tfjs-backend-wasm-(threaded-)?simd-.*)$/.test(name);

/** These files, and all scripts that they import statically. */
async function coreOf(dir: string, names: readonly string[]): Promise<ReadonlySet<string>> {
  const core = new Set(names.filter(isCoreName));
  // Iterating a set includes elements added meanwhile.
  for (const name of core) {
    if (!name.endsWith('.js')) continue;
    const script = await readFile(join(dir, name), 'utf8');
    for (const [, imported] of script.matchAll(/(?:from|import)["`]\.\/([^"`]+)["`]/g))
      core.add(`${name.slice(0, name.lastIndexOf('/'))}/${imported}`);
  }
  return core;
}

/**
 * Request path -> the file's hash in the format of `integrity`, and its bytes. Core files come first, and small files
 * before large ones.
 */
async function filesOf(dir: string): Promise<Files> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths.map(async (path) => {
      const name = relative(dir, path).split(sep).join('/');
      const bytes = await readFile(path);
      const integrity = `sha256-${createHash('sha256').update(bytes).digest('base64')}`;
      return { name, integrity, size: bytes.length };
    }),
  );
  const core = await coreOf(
    dir,
    files.map(({ name }) => name),
  );
  const order = (name: string): number => (core.has(name) ? 0 : 1);
  return Object.fromEntries(
    files
      .filter(({ name }) => !LEFT_OUT.has(name))
      .sort((a, b) => order(a.name) - order(b.name) || a.size - b.size || (a.name < b.name ? -1 : 1))
      // Hosts send those who ask for index.html to the folder.
      .map(({ name, integrity, size }) => [
        name === 'index.html' ? '/' : `/${name}`,
        { integrity, size, isCore: core.has(name) },
      ]),
  );
}

/** Headers are cached with a file, so changed headers need another cache. */
const cacheName = (): string => {
  const headers = JSON.stringify(['/', '/workers/a.js'].map(headersFor));
  return `homegrown-${createHash('sha256').update(headers).digest('hex').slice(0, 8)}`;
};

async function serviceWorker(files: Files): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    define: { BUILD: JSON.stringify({ files, cache: cacheName() }) },
    build: {
      write: false,
      target: 'es2023',
      rolldownOptions: {
        input: fileURLToPath(new URL('../src/offline/sw.ts', import.meta.url)),
        output: { format: 'iife' },
      },
    },
  });
  const part = 'output' in result ? result.output[0] : undefined;
  if (part?.type !== 'chunk') throw new Error('The service worker was not built in one piece');
  return part.code;
}
