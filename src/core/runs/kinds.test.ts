import { expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { readRecord } from '../base/record';
import { claimRun, loadSnapshot } from '../checkpoint/checkpoint';
import { pinStep } from '../checkpoint/pinned';
import { BUILDS, goldenStore } from '../../testing/golden';
import { isAt, KINDS, kindOf } from './kinds';
import { migrate } from './migrate';
import { listRuns, updateRun } from './record';

/** Values that are no records: they are described by one, and lie with it. */
const BYTES = /^(text\/[^/]+\/\d+$|shards\/|runs\/)/;

/** What a build left, as it lies and as it is once it was used again: migrated, with steps that are pinned and light. */
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

test.each(stores)('every key of a store $what is of one kind, or lies with a record of one', async ({ open }) => {
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

test('of each kind that was in a store before, each version lies in one of these', async () => {
  const there = new Map<string, Set<unknown>>();
  for (const { open } of stores) {
    const store = await open();
    for (const key of await store.keys('')) {
      const kind = kindOf(key);
      const value = (await store.get(key)) as { version?: number };
      if (kind) there.set(kind.at, (there.get(kind.at) ?? new Set()).add(value.version ?? 1));
    }
  }
  // Entries of version 3 are those of version 4 without labels (labelChanges.test.ts).
  expect(there.get('texts/')).toEqual(new Set([1, 2, 4]));
  expect(there.get('manifests/')).toEqual(new Set([1, 2]));
  expect(there.get('heads/')).toEqual(new Set([1, 2, 3]));
  // Records of the third and the fourth version are those of the fifth that tune nothing, or tell no texts apart: runs.test.ts.
  expect(there.get('runs-index/')).toEqual(new Set([1, 2, 5]));
  // Derived and unchanged records keep their version.
  expect(there.get('project')).toEqual(new Set([1]));
  expect(there.get('projects/')).toEqual(new Set([2]));
});

test('a kind has an upgrade from each of its versions to the next', () => {
  for (const { name, kind } of KINDS) expect(kind.upgrades.length, name).toBe(kind.version - 1);
});
