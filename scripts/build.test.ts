import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isBuilt, recordBuild } from './build.mjs';

let root: string;
const write = (name: string, text: string) => writeFile(join(root, name), text);
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'build-')));
  execFileSync('git', ['init', '-q'], { cwd: root });
  for (const folder of ['src', 'dist', 'docs', 'node_modules']) await mkdir(join(root, folder));
  await write('.gitignore', 'dist\nnode_modules\n');
  await write('src/app.ts', 'export {};');
  await write('dist/app.js', 'built');
});
afterEach(() => rm(root, { recursive: true }));

test('a build is reused for the same sources, whatever changed in tests and documents', async () => {
  expect(isBuilt(root)).toBe(false);
  recordBuild(root);
  expect(isBuilt(root)).toBe(true);
  await write('docs/notes.md', 'New.');
  await write('src/app.test.ts', 'New.');
  expect(isBuilt(root)).toBe(true);
});

test.each([
  ['a source that changed', () => write('src/app.ts', 'export const a = 1;')],
  ['a source that came', () => write('src/other.ts', '')],
  ['a source that went', () => rm(join(root, 'src/app.ts'))],
  ['another dist', () => write('dist/app.js', 'built otherwise')],
  ['no dist', () => rm(join(root, 'dist'), { recursive: true })],
])('%s needs a new build', async (_, change) => {
  recordBuild(root);
  await change();
  expect(isBuilt(root)).toBe(false);
});
