import { expect, test } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import { importDrop, leaveOut } from '../core/documents';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { buildData } from './buildData';
import { partReader } from './dataParts';

/** File with one short document. */
const letter = (i: number) => ({
  name: `letters/${i}.txt`,
  size: 40,
  async *stream() {
    yield await Promise.resolve(new TextEncoder().encode(`Letter ${i}, of the sea and the whale.\n`));
  },
});

test('lists of documents are read once per data set, and again when other documents are left out', async () => {
  const inner = memoryStore();
  const { text } = await importDrop(
    Array.from({ length: 120 }, (_, i) => letter(i)),
    inner,
    { addedAt: 1 },
    unwatched,
  );
  const { id } = text!;
  const split = { validation: 0.1, test: 0.1, seed: 1 };
  const bytes = () => createTokenizer({ kind: 'bytes', merges: [] });
  const build = async () => buildData(inner, [id], await bytes(), split, unwatched);
  const data = await build();
  /** Number of reads of document lists. */
  let listReads = 0;
  const count = (keys: readonly string[]): void =>
    void (listReads += keys.filter((key) => key.includes('/documents/')).length);
  const store: BlobStore = {
    ...inner,
    get: (key) => (count([key]), inner.get(key)),
    getMany: (keys) => (count(keys), inner.getMany(keys)),
  };
  const read = partReader();
  const first = await read(store, data, [id], { part: 'train', from: 0, count: 5 });
  const readsOfFirst = listReads;
  expect([first.rows.length, readsOfFirst > 0]).toEqual([5, true]);
  expect((await read(store, data, [id], { part: 'train', from: 2, count: 3 })).rows).toEqual(first.rows.slice(2));
  expect((await read(store, data, [id], { part: 'test', from: 0, count: 50 })).of).toBe(12);
  expect(listReads).toBe(readsOfFirst);

  // The data of another project, and then the first again.
  const other = (await importDrop([letter(201), letter(202)], inner, { addedAt: 2 }, unwatched)).text!;
  const otherData = await buildData(inner, [other.id], await bytes(), split, unwatched);
  expect((await read(store, otherData, [other.id], { part: 'train', from: 0, count: 5 })).of).toBe(2);
  const readsOfBoth = listReads;
  expect(await read(store, data, [id], { part: 'train', from: 0, count: 5 })).toEqual(first);
  expect(listReads).toBe(readsOfBoth);

  await leaveOut(inner, id, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], true);
  const { of } = await read(store, await build(), [id], { part: 'train', from: 0, count: 5 });
  // Of the 110 remaining documents, 22 are held out.
  expect([of, listReads > readsOfFirst]).toEqual([110 - 22, true]);
});
