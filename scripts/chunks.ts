/** Few chunks: each holds the modules of one kind of visit or worker, so that opening the app takes few requests. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build, type Plugin, type PluginOption, type Rolldown } from 'vite';
import { firstPagePlugin } from './firstPage.ts';
import { llamaPlugin } from './llama.ts';
import { tfjsPlugin } from './tfjs.ts';
import { zodPlugin } from './zod.ts';

/** Names of chunks that a first visit needs, and their styles, begin with this (scripts/offline.ts). */
export const CORE = 'core-';

/** Module id -> name of its chunk. */
type Chunks = ReadonlyMap<string, string>;
/** Module id of an entry or a dynamic import -> all modules that it imports statically, itself included. */
type Closures = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Bundles the page and the workers once without groups, to learn which modules each dynamic import needs. Imports of source
 * files don't show it: only the bundler knows which names of a barrel are used.
 */
export function chunksPlugin(): Plugin {
  return {
    name: 'chunks',
    apply: 'build',
    async config() {
      const [page, workers] = await Promise.all([
        closuresOf('src/main.ts', [react(), tfjsPlugin('page'), zodPlugin(), firstPagePlugin()]),
        closuresOf('src/workers/role.worker.ts', [llamaPlugin(), tfjsPlugin('workers'), zodPlugin()]),
      ]);
      return {
        build: { rolldownOptions: { output: { codeSplitting: grouped(pageChunks(page)) } } },
        worker: { rolldownOptions: { output: { codeSplitting: grouped(workerChunks(workers)) } } },
      };
    },
  };
}

/** Every group holds all imports of its modules, or imports their groups: no groups form a cycle. */
const grouped = (chunks: Chunks): Rolldown.CodeSplittingOptions => ({
  includeDependenciesRecursively: false,
  groups: [{ name: (id) => chunks.get(id) ?? null }],
});

async function closuresOf(entry: string, plugins: PluginOption[]): Promise<Closures> {
  const input = fileURLToPath(new URL(`../${entry}`, import.meta.url));
  const result = (await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [noWorkers(), ...plugins],
    build: {
      write: false,
      minify: false,
      assetsInlineLimit: 0,
      target: 'es2023',
      // Exact: no module is in a chunk that needs it less often than the others do.
      rolldownOptions: { input, experimental: { chunkOptimization: false } },
    },
  })) as Rolldown.RolldownOutput;
  const chunks = new Map(
    result.output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])),
  );
  const add = (name: string, seen: Set<string>, modules: Set<string>): Set<string> => {
    const chunk = chunks.get(name);
    if (!chunk || seen.has(name)) return modules;
    seen.add(name);
    for (const id of chunk.moduleIds) modules.add(id);
    for (const next of chunk.imports) add(next, seen, modules);
    return modules;
  };
  return new Map(
    [...chunks.values()].flatMap(({ facadeModuleId, fileName }) =>
      facadeModuleId === null ? [] : [[facadeModuleId, add(fileName, new Set(), new Set())] as const],
    ),
  );
}

/** Workers are bundled apart. Their address is nothing that a bundler could inline, as in the real build. */
const noWorkers = (): Plugin => ({
  name: 'no workers',
  enforce: 'pre',
  load: (id) => (/[?&]worker(&|$)/.test(id) ? 'export default location.href;' : null),
});

const MAIN = /\/src\/main\.ts$/;
/** Modules that src/main.ts loads one after another; each is evaluated in a separate task. */
const PHASES = [
  ['main', MAIN],
  ['open', /\/src\/app\/open\.ts$/],
  ['react', /\/react-dom\/client\.js$/],
  ['app', /\/src\/app\/Start\.tsx$/],
] as const;
const FIRST_PAGE = /\/src\/features\/text\/TextPage\.tsx$/;
const STAGE_PAGE = /\/src\/features\/(\w+)\/\1Page\.tsx$/i;

/** Format detection of the page, which loads after its pages. */
const RECOGNITION = /\/src\/core\/documents\/(sniffFormat|groupExports)\.ts$/;

/**
 * Chunks of the phases, of modules shared with the first page, of other shared modules and all styles, and of each
 * page.
 */
function pageChunks(closures: Closures): Chunks {
  const chunks = new Map<string, string>();
  const place = (modules: Iterable<string>, name: (id: string) => string): void => {
    for (const id of modules) if (!chunks.has(id)) chunks.set(id, CORE + name(id));
  };
  for (const [name, root] of PHASES) place(only(closures, root), () => name);
  const first = only(closures, FIRST_PAGE);
  const others = [...closures].filter(([root]) => STAGE_PAGE.test(root) && !FIRST_PAGE.test(root));
  const uses = (id: string): number => others.filter(([, modules]) => modules.has(id)).length;
  place(first, (id) => (uses(id) > 0 ? 'parts' : 'text'));
  for (const [root, modules] of others)
    place(modules, (id) => (uses(id) > 1 || id.endsWith('.css') ? 'stages' : STAGE_PAGE.exec(root)![1]!));
  place(union(closures, RECOGNITION), () => 'recognition');
  // The page names its entry.
  for (const id of chunks.keys()) if (MAIN.test(id)) chunks.delete(id);
  return chunks;
}

const ROLE = /\/src\/workers\/(\w+)Role\.ts$/;
/** Modules that any run may need: a device loads all of them when it opens. */
const ENGINE = /\/src\/core\/(ops|nn|objectives|sample)\/[^/]+\.ts$|\/src\/core\/models\/\w+\/forward\.ts$/;
/** Format detection, and readers of text and text tables, which the data worker loads at once. */
const READERS =
  /\/src\/core\/documents\/(sniffFormat|groupExports|decode|formats\/(txt|md|csv|tsv|jsonl?))\.ts$|\/papaparse[^/]*$/;
/** Role -> modules that it loads besides its script. */
const LOADED: Readonly<Record<string, RegExp>> = { gpu: ENGINE, data: READERS, reader: READERS };

/** Starts when an export is verified. Its shared modules also go to the data worker; the bundler places its own. */
const SELDOM = /\/src\/workers\/verifyRole\.ts$/;

/** Modules that the same roles need are together, so that no worker loads what it doesn't need. */
function workerChunks(closures: Closures): Chunks {
  const verified = only(closures, SELDOM);
  const roles = [...closures]
    .flatMap(([root, modules]) => {
      const role = SELDOM.test(root) ? undefined : ROLE.exec(root)?.[1];
      return role === undefined ? [] : [[role, new Set([...modules, ...union(closures, LOADED[role])])] as const];
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const shared = new Set(roles.flatMap(([, modules]) => [...modules]));
  for (const [role, modules] of roles)
    if (role === 'data') for (const id of verified) if (shared.has(id)) modules.add(id);
  const rolesOf = (id: string): string => roles.flatMap(([role, modules]) => (modules.has(id) ? role : [])).join('-');
  return new Map([...shared].map((id) => [id, CORE + rolesOf(id)]));
}

/** @throws if a pattern matches no module */
function union(closures: Closures, roots: RegExp | undefined): ReadonlySet<string> {
  const found = [...closures].filter(([root]) => roots?.test(root));
  if (roots && found.length === 0) throw new Error(`${roots} matches no module; a file was moved or renamed`);
  return new Set(found.flatMap(([, modules]) => [...modules]));
}

/** @throws if no module matches: it was moved or renamed */
function only(closures: Closures, root: RegExp): ReadonlySet<string> {
  const found = [...closures].filter(([id]) => root.test(id));
  if (found.length !== 1) throw new Error(`${found.length} modules are ${String(root)}: scripts/chunks.ts needs one`);
  return found[0]![1];
}
