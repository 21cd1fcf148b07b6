/** The reported space equals the freed space, over the data worker's real half: bytes before minus bytes after. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import { claimRun } from '../core/checkpoint/checkpoint';
import { importText, listTexts, pastedText } from '../core/documents';
import { type DataRecord, initialProject } from '../core/runs/project';
import { readProject, saveProject, updateProject } from '../core/runs/projects';
import { addRun, readRun } from '../core/runs/record';
import { dataId } from '../core/shards/manifest';
import { lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { runRecord } from '../testing/runRecord';
import { damage, snapshotAt } from '../testing/savedSteps';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { holdData } from '../storage/lock';
import { buildData } from '../jobs/buildData';

let page: TestStudio;
beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => page.close());

/** Bytes of all values but records. */
async function bytesIn(store: BlobStore): Promise<number> {
  const values = await Promise.all((await store.keys('')).map((key) => store.get(key)));
  return values.reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.length : 0), 0);
}

const cut = async (store: BlobStore, validation: number): Promise<DataRecord> => {
  const texts = (await listTexts(store)).map(({ id }) => id);
  const split = { validation, test: 0.1, seed: 0 };
  return buildData(store, texts, await createTokenizer({ kind: 'bytes', merges: [] }), split, unwatched);
};

/**
 * Projects a and b, both with a text. a also has a text of its own, data shared with b, and runs: r with its own
 * data, a damaged checkpoint and an incomplete one; s with b's data; and n without checkpoints.
 */
async function library(): Promise<BlobStore> {
  const store = memoryStore();
  for (const id of ['a', 'b']) await saveProject(store, await readProject(store, id), initialProject(id, 1));
  let addedAt = 0;
  const add = (words: string, projectId: string) =>
    importText(pastedText(`${words}.txt`, `${words} `.repeat(99)), store, { projectId, addedAt: ++addedAt }, unwatched);
  await add('whale', 'a');
  await add('the sea', 'a');
  await add('the sea', 'b');
  const [shared, own, lost] = [await cut(store, 0.1), await cut(store, 0.2), await cut(store, 0.3)];
  for (const id of ['a', 'b']) await updateProject(store, id, (project) => ({ ...project, data: shared }));
  for (const [id, data] of Object.entries({ r: own, s: shared, n: lost }))
    await addRun(store, runRecord({ id, projectId: 'a', data: { id: dataId(data.manifest) } }));
  const writer = await claimRun(store, 'r', 64);
  for (const step of [1, 2, 3]) await writer.save(snapshotAt(step));
  await damage(store, 3);
  await store.commit({ put: [['runs/r/4.1.9/00000', new Uint8Array(17)]] });
  await (await claimRun(store, 's')).save(snapshotAt(1));
  return store;
}

test('deleting a project frees its own text, the checkpoints of its runs, complete or not, and data that only it uses', async () => {
  const store = await library();
  page = testStudio(store);
  const { data } = page;
  const row = (await data.call('projects', null)).find(({ id }) => id === 'a')!;
  expect(row).toMatchObject({ texts: 2, runs: 2 });
  const before = await bytesIn(store);
  await updateProject(store, 'a', (project) => ({ ...project, removedAt: 5 }));
  await data.call('purgeProject', { id: 'a' });
  expect(before - (await bytesIn(store))).toBe(row.bytes!.own);
  expect(await store.keys('data/')).toHaveLength(1);
});

test('deleting a run frees its checkpoints and unshared data; freeing its checkpoints frees only them', async () => {
  const store = await library();
  page = testStudio(store);
  const { data } = page;
  for (const runId of ['r', 's']) {
    const before = await bytesIn(store);
    const { bytes } = await data.call('removeRun', { runId, at: 5 });
    expect(await bytesIn(store)).toBe(before);
    await data.call('purgeRun', { runId });
    // The first list removes leftovers of the run that saved nothing, so they don't count here.
    expect([runId, before - (await bytesIn(store))]).toEqual([runId, bytes]);
  }
  const other = await library();
  page.close();
  page = testStudio(other);
  const before = await bytesIn(other);
  const { bytes } = await page.data.call('freeRun', { runId: 'r' });
  expect(before - (await bytesIn(other))).toBe(bytes);
  expect(await other.keys('data/')).toHaveLength(3);
});

test("data whose owner is unknown stays, and doesn't count as freed", async () => {
  const store = await library();
  await store.commit({ put: [['runs-index/torn', 'torn']] });
  page = testStudio(store);
  const { data } = page;
  const row = (await data.call('projects', null)).find(({ id }) => id === 'a')!;
  const before = await bytesIn(store);
  await updateProject(store, 'a', (project) => ({ ...project, removedAt: 5 }));
  await data.call('purgeProject', { id: 'a' });
  expect(before - (await bytesIn(store))).toBe(row.bytes!.own);
  expect(await store.keys('data/')).toHaveLength(3);
});

test('a run whose tab closed before its first save is removed with its data at the next start, unless it is held', async () => {
  const store = await library();
  page = testStudio(store);
  await page.data.call('listRuns', { projectId: 'a', now: 0 });
  expect(await readRun(store, 'n')).toBeUndefined();
  expect([await readRun(store, 'r'), await readRun(store, 's')]).toMatchObject([{ id: 'r' }, { id: 's' }]);
  expect(await store.keys('data/')).toHaveLength(2);
});

test('data that no record names stays while its tab holds it, and is removed after the release', async () => {
  const store = await library();
  const made = await cut(store, 0.4);
  const key = `data/${dataId(made.manifest)}`;
  page = testStudio(store);
  const held = await holdData();
  await updateProject(store, 'a', (project) => ({ ...project, removedAt: 5 }));
  await page.data.call('purgeProject', { id: 'a' });
  await page.data.call('dropUnused', null);
  expect(await store.keys(key)).toEqual([key]);
  held.release();
  await page.data.call('dropUnused', null);
  expect(await store.keys(key)).toEqual([]);
});
