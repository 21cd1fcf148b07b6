import { expect, test } from 'vitest';
import { goldenStore } from '../testing/golden';
import { readRecord } from '../base/record';
import { isAt, KINDS, kindOf } from './kinds';

/** Values that are no records: they are described by one, and lie with it. */
const BYTES = /^(text\/[^/]+\/\d+$|shards\/|runs\/)/;

test('every key of what an older build stored is of one kind, or lies with a record of one', async () => {
  const store = await goldenStore();
  const withRecords = new Set<string>();
  for (const key of await store.keys('')) {
    const kinds = KINDS.filter(({ at }) => isAt(at, key));
    expect(kinds.length, key).toBe(BYTES.test(key) ? 0 : 1);
    const [kind] = kinds;
    if (!kind) continue;
    expect(kindOf(key)).toBe(kind);
    expect(await readRecord(store, key, kind.kind), key).toBeDefined();
    for (const beside of await kind.keysWith(store, key)) withRecords.add(beside);
  }
  const bytes = (await store.keys('')).filter((key) => BYTES.test(key));
  expect(bytes.length).toBeGreaterThan(0);
  expect(bytes.filter((key) => !withRecords.has(key))).toEqual([]);
});

test('a kind has an upgrade from each of its versions to the next', () => {
  for (const { name, kind } of KINDS) expect(kind.upgrades.length, name).toBe(kind.version - 1);
});
