import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'compiled-')));
  file = join(folder, 'say.cjs');
  await writeFile(file, `'use strict';\n${FUNCTIONS}\n${SAYS}`);
});
afterEach(() => rm(folder, { recursive: true }));

/** Functions with different results, as V8 stores equal ones once; enough of them to be noticed. */
const FUNCTIONS = Array.from(
  { length: 3000 },
  (_, i) => `function f${i}(a) { let b = ${i}; for (let j = 0; j < a; j++) b += j * ${i} - (b % 7); return b; }`,
).join('\n');
const called = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `sum += f${from + i}(3);`).join('\n');
const SAYS = `let sum = 0;
if (process.argv[2] === 'little') { ${called(0, 1000)} }
else { ${called(0, 3000)} }
require.late('node:path').then(({ basename }) => console.log(basename(process.argv[1]), basename(__filename), typeof require, sum));`;

const script = fileURLToPath(new URL('./compiled.mjs', import.meta.url));
const said = (how: string): string =>
  spawnSync(process.execPath, [script, file, how], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } })
    .stdout;
/** The cache file next to the script. */
async function kept(): Promise<{ name: string; size: number; written: number }> {
  const [name, ...more] = (await readdir(folder)).filter((other) => other !== 'say.cjs');
  expect(more).toEqual([]);
  const { size, mtimeMs: written } = await stat(join(folder, name!));
  return { name: name!, size, written };
}

test('caches compiled code, uses it, and replaces it only after much more was compiled', async () => {
  const little = said('little');
  expect(little).toMatch(/^say\.cjs say\.cjs function \d+\n$/);
  const first = await kept();
  expect(first.name).toMatch(/^say\.cjs\.[0-9a-f]+$/);
  expect(said('little')).toBe(little);
  expect(await kept()).toEqual(first);

  const all = said('all');
  expect(all).not.toBe(little);
  const second = await kept();
  expect(second.name).toBe(first.name);
  expect(second.size).toBeGreaterThan(1.5 * first.size);
  expect([said('all'), said('little')]).toEqual([all, little]);
  expect(await kept()).toEqual(second);
});

test('damaged cached code, or that of another text, is ignored', async () => {
  const all = said('all');
  const { name } = await kept();
  for (const damaged of [Buffer.from('no'), (await readFile(join(folder, name))).fill(7, 100, 200)]) {
    await writeFile(join(folder, name), damaged);
    expect(said('all')).toBe(all);
    expect((await readFile(join(folder, name))).equals(damaged)).toBe(false);
  }
  await writeFile(file, `console.log('of another text')`);
  expect(said('all')).toBe('of another text\n');
});

test('a read-only folder works without a cache, and stays unchanged', async () => {
  const all = said('all');
  const { name } = await kept();
  await rm(join(folder, name));
  await mkdir(join(folder, name)); // in the way
  expect(said('all')).toBe(all);
  expect((await readdir(folder)).sort()).toEqual(['say.cjs', name]);
});
