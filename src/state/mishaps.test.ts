/** Each kind of record, damaged or newer: the app starts, reports it, keeps it, exports it, and adds a text. */
import { unzipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type BlobStore, memoryStore, type Stored } from '../core/base/blobStore';
import { lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { goldenStore } from '../testing/golden';
import { type Mishap, mishaps } from '../testing/mishaps';

let page: TestStudio | undefined;
/** Store of an older build, after its migration. */
let whole: readonly (readonly [key: string, value: Stored])[];
let all: readonly Mishap[];
beforeAll(async () => {
  vi.stubGlobal('navigator', { locks: lonelyLocks() });
  const store = await goldenStore('1608a14');
  const { getState } = await open(store);
  await getState().migrate();
  await getState().listRuns(); // caches curves
  await vi.waitFor(async () => expect(await store.keys('curves/')).not.toEqual([]));
  const { runId } = getState().project;
  close();
  whole = await store.entries('');
  all = await mishaps(await store.keys(''), (key) => store.get(key), runId!);
});
afterEach(close);
afterAll(() => vi.unstubAllGlobals());

function close(): void {
  page?.close();
  page = undefined;
}
async function open(store: BlobStore): Promise<TestStudio['studio']> {
  page = testStudio(store);
  await page.studio.getState().load('first');
  return page.studio;
}

test('every kind of record, damaged or newer, is reported, kept and exported, and a text is added', async () => {
  for (const { name, key, damaged, newer, isReported } of all)
    for (const value of [damaged, newer]) {
      const words = `${name}, ${value === damaged ? 'damaged' : 'newer'}`;
      const store = memoryStore();
      await store.commit({ put: [...whole, [key, value]] });
      const { getState } = await open(store);
      await getState().migrate();
      const before = await store.keys('');
      await getState().listUnreadable();
      if (isReported) {
        expect(
          getState().unreadable.map((record) => record.key),
          words,
        ).toContain(key);
        await getState().takeRaw(key);
        await vi.waitFor(() => expect(page!.downloads[0]?.bytes.length, words).toBeGreaterThan(0));
        const file = unzipSync(page!.downloads[0]!.bytes)[`${key}.json`];
        expect(JSON.parse(Buffer.from(file!).toString()), words).toEqual(value);
      }
      const texts = getState().texts.length;
      await getState().addPaste(`${words}: the whale is large, and the sea is wide. `.repeat(40), 'Pasted text');
      expect(getState().texts, words).toHaveLength(texts + 1);
      expect(getState().refused, words).toEqual([]);
      expect(await store.keys(''), words).toEqual(expect.arrayContaining(before));
      if (isReported) expect(await store.get(key), words).toEqual(value);
      close();
    }
}, 120_000);
