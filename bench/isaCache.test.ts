import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { needsCache } from './isaCache';

const needs = { vgprs: 8, spilled: 0, scratch: 0, lds: 0, waves: 32, instructions: 42 };
let folder: string;
const folders: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homegrown-isa-cache-'));
  folders.push(folder);
});
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))));

function saveOne(kernel: string, compilers: readonly string[] = ['gpu', 'driver']): void {
  const cache = needsCache(compilers, folder);
  cache.set(kernel, needs);
  cache.save();
}

test('a later run finds the kernels of an earlier run, for the same compilers only', () => {
  saveOne('a');
  saveOne('b');
  const cache = needsCache(['gpu', 'driver'], folder);
  expect(cache.get('a')).toEqual(needs);
  expect(cache.get('b')).toEqual(needs);
  expect(cache.get('c')).toBeUndefined();
  expect(needsCache(['gpu', 'newer driver'], folder).get('a')).toBeUndefined();
  expect(needsCache(['gpudriver'], folder).get('a')).toBeUndefined();
});

test.each([
  ['cut off', (text: string) => text.slice(0, -1)],
  ['changed', (text: string) => text.replace('"spilled":0', '"spilled":1')],
  ['empty', () => ''],
])('a file that is %s is removed, and its kernels are compiled again', async (_, damage) => {
  saveOne('a');
  const [name] = await readdir(folder);
  const file = join(folder, name!);
  await writeFile(file, damage(await readFile(file, 'utf8')));
  expect(needsCache(['gpu', 'driver'], folder).get('a')).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
  saveOne('a');
  expect(needsCache(['gpu', 'driver'], folder).get('a')).toEqual(needs);
});

test('saving removes files of two months ago', async () => {
  saveOne('a', ['old driver']);
  const [old] = await readdir(folder);
  await utimes(join(folder, old!), 0, 0);
  saveOne('a');
  expect(await readdir(folder)).toHaveLength(1);
  expect(needsCache(['gpu', 'driver'], folder).get('a')).toEqual(needs);
});

test('a run continues without a writable cache folder', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const cache = needsCache(['gpu'], join(file, 'folder'));
  cache.set('a', needs);
  expect(() => cache.save()).not.toThrow();
});
