import 'fake-indexeddb/auto';
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eraseDatabase } from './erase';
import { openStore } from './store';

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  // The wait for the browser's files can be skipped here.
  const { setTimeout } = globalThis;
  vi.stubGlobal('setTimeout', (run: () => void, ms: number) => setTimeout(run, ms > 1000 ? 0 : ms));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function filled(): Promise<void> {
  const store = await openStore();
  await store.commit({ put: [['texts/a', { name: 'Whale' }]] });
}
const databases = async (): Promise<(string | undefined)[]> => (await indexedDB.databases()).map(({ name }) => name);

test('overwrites all keys with values that get no file of their own, then deletes the database', async () => {
  await filled();
  const put = vi.spyOn(IDBObjectStore.prototype, 'put');
  await eraseDatabase('homegrown');
  const noise = put.mock.calls.map(([value, key]) => ({ bytes: (value as Uint8Array).length, key: key as string }));
  expect(noise.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(2 * 4 * 2 ** 20);
  expect(Math.max(...noise.map(({ bytes }) => bytes))).toBeLessThan(2 ** 16);
  const keys = noise.map(({ key }) => key).sort();
  expect([keys[0]! < 'a', keys.at(-1)! > 'texts/']).toEqual([true, true]);
  expect(new Set(keys).size).toBe(noise.length); // no key is written twice
  expect(await databases()).toEqual([]);
  expect(await (await openStore()).keys('')).toEqual([]);
});

test('deletes the database even if there is no room for noise', async () => {
  await filled();
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('No room', 'QuotaExceededError');
  });
  await eraseDatabase('homegrown');
  expect(await databases()).toEqual([]);
});

test('a page that keeps the database open is reported', async () => {
  await filled();
  const stubborn = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open('homegrown');
    request.onsuccess = () => resolve(request.result);
  });
  await expect(eraseDatabase('homegrown')).rejects.toMatchObject({ code: 'storage-blocked' });
  stubborn.close();
  await vi.waitFor(async () => expect(await databases()).toEqual([]));
});
