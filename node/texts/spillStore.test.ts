/** A store that keeps its values in a file without a name. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type BlobStore, memoryStore } from '../../src/core/base/blobStore';
import { spillStore } from './spillStore';

const LONG = Uint8Array.from({ length: 5000 }, (_, i) => i);
const LIST = Array.from({ length: 2000 }, (_, i) => `é${i}`);

async function said(store: BlobStore): Promise<unknown[]> {
  const put = [
    ['a/1', LONG],
    ['a/2', { x: LIST }],
    ['a/3', Uint8Array.of(7)],
    ['b', 0],
  ] as const;
  return [
    await store.commit({ put }),
    await store.getMany(['b', 'c', 'a/1', 'a/2', 'b']),
    await store.entries('a/'),
    await store.commit({ put: [['b', 1]], expect: [['a/2', { x: LIST.slice(1) }]] }),
    await store.get('b'),
    await store.commit({ put: [['a/1', 'short']], drop: ['a/3'], expect: [['a/2', { x: LIST }]] }),
    await store.keys(''),
    await Promise.all([
      store.commit({ put: [['d', 1]], expect: [['d', undefined]] }),
      store.commit({ put: [['d', LIST]], expect: [['d', undefined]] }),
    ]),
    await store.entries(''),
  ];
}

test('it behaves like the store in memory, and leaves no name in the folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spill-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const store = await spillStore(join(folder, 'not', 'there', 'yet'));
  expect(await readdir(folder)).toEqual([]);
  expect(await said(store)).toEqual(await said(memoryStore()));
  await store.close();
  expect(await readdir(folder)).toEqual([]);
});
