import { expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { readRecord } from '../base/record';
import { claimRun, loadSnapshot } from '../checkpoint/checkpoint';
import { pinStep } from '../checkpoint/pinned';
import { BUILDS, goldenStore } from '../../testing/golden';
import { isAt, KINDS, kindOf } from './kinds';
import { migrate } from './migrate';
import { listRuns, updateRun } from './record';

/** Values that aren't records; a record describes each and is stored with it. */
const BYTES = /^(text\/[^/]+\/\d+$|shards\/|runs\/)/;

/** Stores of older builds, unchanged and after further use: migrated, with pinned and light steps. */
const stores = BUILDS.flatMap((build) => [
  { what: `of ${build}`, open: () => goldenStore(build) },
  {
    what: `of ${build}, used again`,
    async open() {
      const store = await goldenStore(build);
      await migrate(store, () => 'new', unwatched);
      const [run] = (await listRuns(store)).filter(({ step }) => step === 40);
      const { state, tensors } = (await loadSnapshot(store, run!.id)).snapshot;
      const writer = await claimRun(store, run!.id);
      await writer.keepLight(state, () => Promise.resolve(tensors), run!.keep.budget);
      await pinStep(store, run!.id, state.step, run!.keep.budget);
      await updateRun(store, run!.id, (record) => ({ ...record, note: 'seen' }));
      return store;
    },
  },
]);

test.each(stores)('every key of a store $what has one kind, or belongs to a record of one', async ({ open }) => {
  const store = await open();
  const withRecords = new Set<string>();
  for (const key of await store.keys('')) {
    const kinds = KINDS.filter(({ at }) => isAt(at, key));
    expect(kinds.length, key).toBe(BYTES.test(key) ? 0 : 1);
    const [kind] = kinds;
    if (!kind) continue;
    expect(kindOf(key)).toBe(kind);
    expect(await readRecord(store, key, kind.kind), key).toBeDefined();
    for (const other of await kind.keysWith(store, key)) withRecords.add(other);
  }
  const bytes = (await store.keys('')).filter((key) => BYTES.test(key));
  expect(bytes.length).toBeGreaterThan(0);
  expect(bytes.filter((key) => !withRecords.has(key))).toEqual([]);
});

test('these stores have every version of each kind that stores had before', async () => {
  const there = new Map<string, Set<unknown>>();
  for (const { open } of stores) {
    const store = await open();
    for (const key of await store.keys('')) {
      const kind = kindOf(key);
      const value = (await store.get(key)) as { version?: number };
      if (kind) there.set(kind.at, (there.get(kind.at) ?? new Set()).add(value.version ?? 1));
    }
  }
  // Entries of version 3 equal those of version 4 without labels (labelChanges.test.ts).
  expect(there.get('texts/')).toEqual(new Set([1, 2, 4]));
  expect(there.get('manifests/')).toEqual(new Set([1, 2]));
  expect(there.get('heads/')).toEqual(new Set([1, 2, 3]));
  // Records of versions 3 and 4 equal those of version 5 without tuning, or without labels: runs.test.ts.
  expect(there.get('runs-index/')).toEqual(new Set([1, 2, 5]));
  // Derived and unchanged records keep their version.
  expect(there.get('project')).toEqual(new Set([1]));
  expect(there.get('projects/')).toEqual(new Set([2]));
});

test('every kind has an upgrade from each version to the next', () => {
  for (const { name, kind } of KINDS) expect(kind.upgrades.length, name).toBe(kind.version - 1);
});
