import { expect, test, vi } from 'vitest';
import type { BlobStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import { halvesOver, lonelyLocks, testStudio } from '../testing/behindChannels';
import { goldenStore } from '../testing/golden';
import { IDLE, type Work } from './work';

/** A page over the store of an older build, and its display of the migration. */
async function opened(store: BlobStore) {
  vi.stubGlobal('navigator', { locks: lonelyLocks() });
  const { studio } = testStudio(store, halvesOver(store));
  await studio.getState().load();
  const shown: Work[] = [];
  studio.subscribe(({ migrating }, before) => {
    if (migrating !== before.migrating) shown.push(migrating);
  });
  return { studio, shown };
}

test('an older store is migrated in the background, with progress; the next start shows nothing', async () => {
  const store = await goldenStore('1608a14');
  const { studio, shown } = await opened(store);
  const names = studio.getState().texts.map(({ name }) => name);
  await studio.getState().migrate();
  const busy = shown.filter((work) => work.kind === 'busy');
  expect(busy.length).toBeGreaterThan(0);
  expect(busy.every(({ progress }) => progress?.unit === 'bytes' && progress.done <= progress.of!)).toBe(true);
  expect(studio.getState()).toMatchObject({ migrating: IDLE, toasts: [] });
  expect(studio.getState().texts.map(({ name }) => name)).toEqual(names);
  expect(studio.getState().texts.every(({ indexed }) => indexed)).toBe(true);
  // Keeps a change made over the old record.
  studio.getState().change({ name: 'After' });
  await vi.waitFor(async () => expect(await store.get('projects/first')).toMatchObject({ name: 'After' }));
  expect(await store.get('project')).toBeUndefined();

  const next = await opened(store);
  await next.studio.getState().migrate();
  expect(next.shown.filter(({ kind }) => kind === 'busy')).toEqual([]);
});

test('a full disk is reported with a note on safe data, and the page keeps working', async () => {
  const inner = await goldenStore('1608a14');
  const store: BlobStore = {
    ...inner,
    commit(change) {
      const put = [...(change.put ?? [])];
      if (put.some(([key]) => key.includes('/documents/')))
        return Promise.reject(new HomegrownError('storage-full', 'No room'));
      return inner.commit({ ...change, put });
    },
  };
  const { studio } = await opened(store);
  const { texts } = studio.getState();
  await studio.getState().migrate();
  expect(studio.getState().migrating.kind).toBe('failed');
  const [toast] = studio.getState().toasts;
  expect(toast?.detail).toMatch(/^Nothing is lost.*the next start continues the conversion\. No room/);
  expect(studio.getState().texts).toEqual(texts);
});
