// Commands as plain JavaScript: Node starts them in a third of the time that loading and compiling their sources takes.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const DAY_MS = 86_400_000;

/**
 * Bundles a command's sources and packages into one file; rebuilds it if one of them has changed. Dynamically imported
 * packages (which few texts need) and Dawn (native code) stay separate.
 * @param root of the project
 * @param entry its first source, `cli/bin/grow.ts`; base names are unique in a project
 * @returns path of the file, which is in node_modules, so that it resolves packages and is removed with them
 * @throws if the folder is read-only, or a source is not TypeScript
 */
export async function bundled(root, entry) {
  const name = basename(entry, '.ts');
  const folder = join(root, 'node_modules/.cache/homegrown/commands');
  const known = join(folder, `${name}.json`);
  const last = await readFile(known, 'utf8').then(JSON.parse, () => undefined);
  if (last?.stamp && stampOf(root, last.inputs) === last.stamp) return join(folder, last.file);

  const began = Date.now();
  const { build } = await import('esbuild');
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: folder,
    bundle: true,
    // V8's compiled code can be cached for scripts, but not for modules (compiled.mjs).
    format: 'cjs',
    platform: 'node',
    banner: { js: AS_A_MODULE },
    define: { 'import.meta.url': '__address' },
    metafile: true,
    write: false,
    logLevel: 'silent',
    plugins: [
      { name: 'own addresses', setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, withOwnAddress) },
      { name: 'packages apart', setup: ({ onResolve }) => onResolve({ filter: /^[^./]/ }, apart) },
    ],
  });
  const inputs = ['scripts/bundle.mjs', ...Object.keys(metafile.inputs)];
  const contents = withImportsLate(outputFiles[0].text, Object.values(metafile.outputs)[0].imports);
  const file = `${name}-${createHash('sha256').update(contents).digest('hex').slice(0, 16)}.cjs`;
  const stamp = stampOf(root, inputs, began);
  await mkdir(folder, { recursive: true });
  await written(join(folder, file), contents);
  await written(known, JSON.stringify({ file, stamp, inputs }));
  await removeOld(folder, name, file);
  return join(folder, file);
}

/** Globals of modules. A script from V8's cache can't import by itself. */
const AS_A_MODULE = `'use strict';
const __address = require('node:url').pathToFileURL(__filename).href;
const __import = require.late ?? ((what) => import(what));`;

function withImportsLate(text, imports) {
  const late = imports.filter(({ kind, external }) => kind === 'dynamic-import' && external).map(({ path }) => path);
  return [...new Set(late)].reduce((text, path) => text.replaceAll(`import("${path}")`, `__import("${path}")`), text);
}

/** Keeps TensorFlow.js in one bundle, as it stores its registrations. */
function apart({ path, kind }) {
  const isLate = kind === 'dynamic-import' && !path.startsWith('@tensorflow/');
  return isLate || path === 'webgpu' ? { path, external: true } : undefined;
}

/** A module's address is its source's, as before it was bundled: some find files by it. */
async function withOwnAddress({ path }) {
  const text = await readFile(path, 'utf8');
  return { contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)), loader: 'ts' };
}

/** Paths, modification times and sizes of files; undefined if one is missing, or as new as `before`. */
function stampOf(root, inputs, before = Infinity) {
  const stats = inputs.map((input) => statSync(join(root, input), { throwIfNoEntry: false }));
  if (!stats.every((found) => found && found.mtimeMs < before)) return undefined;
  const states = stats.map(({ mtimeMs, size }) => `${mtimeMs} ${size}`);
  return createHash('sha256')
    .update([root, ...states].join('\n'))
    .digest('hex');
}

/** Whole or not at all, whoever else writes it now. */
let parts = 0;
async function written(path, contents) {
  const part = `${path}.${process.pid}.${parts++}`;
  await writeFile(part, contents);
  await rename(part, path);
}

/** Removes earlier bundles, except those of the last day: another command may be about to start from one. */
async function removeOld(folder, name, file) {
  for (const other of await readdir(folder)) {
    if (other.startsWith(file) || !other.startsWith(`${name}-`)) continue;
    const path = join(folder, other);
    const found = await stat(path).catch(() => undefined); // missing if another process renamed or removed it
    if (found && Date.now() - found.mtimeMs > DAY_MS) await rm(path, { force: true });
  }
}
