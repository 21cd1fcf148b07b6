import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bundled } from './bundle.mjs';

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'bundle-')));
  for (const folder of ['cli', 'src', 'scripts', 'node_modules']) await mkdir(join(root, folder));
  await copyFile(new URL('./bundle.mjs', import.meta.url), join(root, 'scripts/bundle.mjs'));
  await source('src/said.ts', `export const said: string = 'aye ' + import.meta.url;`);
  await source('cli/say.ts', `import { said } from '../src/said'; console.log(said);`);
});
afterEach(() => rm(root, { recursive: true }));

/** Writes a source with a time of a minute ago: files as new as the bundle are not trusted. */
async function source(name: string, text: string, at = Date.now() - 60_000): Promise<void> {
  await writeFile(join(root, name), text);
  await utimes(join(root, name), at / 1000, at / 1000);
}
const said = (path: string): string => spawnSync(process.execPath, [path], { encoding: 'utf8' }).stdout.trim();

test('a command is bundled once, and again after a source changed, and a module’s URL is that of its source', async () => {
  const address = pathToFileURL(join(root, 'src/said.ts')).href;
  const first = await bundled(root, 'cli/say.ts');
  expect(said(first)).toBe(`aye ${address}`);
  await writeFile(first, `console.log('as it was')`);
  expect(await bundled(root, 'cli/say.ts')).toBe(first);
  expect(said(first)).toBe('as it was');

  await source('src/said.ts', `export const said: string = 'nay';`, Date.now() - 30_000);
  expect(said(await bundled(root, 'cli/say.ts'))).toBe('nay');
  await rm(join(root, 'src/said.ts'));
  await expect(bundled(root, 'cli/say.ts')).rejects.toThrow('said');
});

test('a source that changes during bundling is bundled again', async () => {
  await source('src/said.ts', `export const said: string = 'aye';`, Date.now() + 60_000);
  expect(said(await bundled(root, 'cli/say.ts'))).toBe('aye');
  await source('src/said.ts', `export const said: string = 'nay';`, Date.now() + 60_000);
  expect(said(await bundled(root, 'cli/say.ts'))).toBe('nay');
});

test('concurrent bundles leave one complete file; those of other days are removed', async () => {
  await mkdir(join(root, 'node_modules/.cache/homegrown/commands'), { recursive: true });
  await source('node_modules/.cache/homegrown/commands/say-0.cjs', '', Date.now() - 2 * 86_400_000);
  await source('node_modules/.cache/homegrown/commands/other-0.cjs', '', Date.now() - 2 * 86_400_000);
  const paths = await Promise.all(Array.from({ length: 4 }, () => bundled(root, 'cli/say.ts')));
  expect(new Set(paths).size).toBe(1);
  const files = await readdir(join(root, 'node_modules/.cache/homegrown/commands'));
  expect(files.sort()).toEqual(['other-0.cjs', expect.stringMatching(/^say-[0-9a-f]{16}\.cjs$/), 'say.json']);
  expect(await readFile(paths[0]!, 'utf8')).toContain('aye');
});

test('a read-only folder throws, and the caller handles it', async () => {
  await writeFile(join(root, 'node_modules/.cache'), 'a file in the way');
  await expect(bundled(root, 'cli/say.ts')).rejects.toThrow('ENOTDIR');
});
