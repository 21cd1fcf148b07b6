/** Frozen base weights, stored once by their hash. */
import { beforeEach, expect, test } from 'vitest';
import { type BlobStore, memoryStore } from '../base/blobStore';
import { baseHash, saveBase, readBase } from './base';
import { baseKey, baseKeys, storedBaseHashes, surveyBase } from './bases';
import type { NamedTensors } from './tensors';

const CHUNK = 40;
/** 48 numbers, in five chunks. */
const weights: NamedTensors = new Map(
  ['a', 'b', 'c'].map((name, i) => [
    name,
    { shape: [4, 4], data: new Float32Array(16).map((_, j) => (i + 1) / (j + 1)) },
  ]),
);
let hash: string;
let store: BlobStore;
beforeEach(async () => {
  hash = await baseHash(weights);
  store = memoryStore();
});
const chunksOf = async () => (await baseKeys(store, hash)).slice(1);
const change = async (key: string): Promise<void> => {
  const bytes = (await store.get(key)) as Uint8Array;
  await store.commit({ put: [[key, bytes.map((byte, i) => (i === 3 ? byte ^ 1 : byte))]] });
};

test('reads back all or some of the saved weights, and stores them once', async () => {
  expect(await saveBase(store, hash, weights, CHUNK)).toEqual({ bytes: 4 * 48 });
  expect(await readBase(store, hash)).toEqual(weights);
  expect([...(await readBase(store, hash, new Set(['b']))).keys()]).toEqual(['b']);
  expect(await chunksOf()).toHaveLength(5);
  let written = 0;
  const counted: BlobStore = { ...store, commit: (change) => (written++, store.commit(change)) };
  await saveBase(counted, hash, weights, 2 * CHUNK);
  expect(written).toBe(0);
});

test('names nothing after a crash at any commit, and saving again completes it', async () => {
  for (let last = 0; last < 6; last++) {
    store = memoryStore();
    let left = last;
    const dying: BlobStore = {
      ...store,
      commit: (change) => (left-- > 0 ? store.commit(change) : Promise.reject(new Error('the tab has ended'))),
    };
    await expect(saveBase(dying, hash, weights, CHUNK)).rejects.toThrow('ended');
    expect(await store.get(baseKey(hash))).toBeUndefined();
    expect(await storedBaseHashes(store)).toEqual(last === 0 ? [] : [hash]);
    await saveBase(store, hash, weights, CHUNK);
    expect(await readBase(store, hash)).toEqual(weights);
  }
});

test('a changed or missing part is reported with what is safe, and saving the same base again fixes it', async () => {
  await saveBase(store, hash, weights, CHUNK);
  for (const [damage, reason] of [
    [change, 'part 2 of 5 has changed since it was written'],
    [(key: string) => store.commit({ drop: [key] }), 'part 2 of 5 is missing'],
  ] as const) {
    await damage((await chunksOf())[1]!);
    await expect(readBase(store, hash)).rejects.toMatchObject({
      code: 'storage-damaged',
      message: expect.stringContaining(reason) as string,
      remedy: expect.stringMatching(/are safe.*Tune the same step/) as string,
    });
    if (reason.endsWith('missing')) await expect(surveyBase(store, baseKey(hash))).rejects.toThrow(reason);
    // Tensors in other chunks can still be read.
    expect([...(await readBase(store, hash, new Set(['c']))).keys()]).toEqual(['c']);
    await saveBase(store, hash, weights);
    expect(await readBase(store, hash)).toEqual(weights);
  }
});

test('an unreadable description is reported, and one of a newer version is never overwritten', async () => {
  await expect(readBase(store, hash)).rejects.toMatchObject({ code: 'storage-damaged' });
  await saveBase(store, hash, weights, CHUNK);
  const described = (await store.get(baseKey(hash))) as object;
  await store.commit({ put: [[baseKey(hash), { ...described, bytes: 1 }]] });
  await expect(readBase(store, hash)).rejects.toMatchObject({ code: 'storage-damaged' });
  await saveBase(store, hash, weights, CHUNK);
  expect(await store.get(baseKey(hash))).toEqual(described);

  const newer = { ...described, version: 9 } as never;
  await store.commit({ put: [[baseKey(hash), newer]] });
  for (const use of [readBase(store, hash), saveBase(store, hash, weights)])
    await expect(use).rejects.toMatchObject({ code: 'newer-version' });
  expect(await store.get(baseKey(hash))).toEqual(newer);
});

test('detects a disk that changes written data before naming anything', async () => {
  const torn: BlobStore = {
    ...store,
    commit: ({ put = [], ...rest }) =>
      store.commit({
        ...rest,
        put: [...put].map(([key, value]) => [key, value instanceof Uint8Array ? value.map((x) => x ^ 1) : value]),
      }),
  };
  await expect(saveBase(torn, hash, weights, CHUNK)).rejects.toMatchObject({ code: 'storage-damaged' });
  expect(await store.get(baseKey(hash))).toBeUndefined();
});
