import { expect, test } from 'vitest';
import fc from 'fast-check';
import { MAX_READ_AHEAD } from './ahead';
import { type BlobStore, type Json, memoryStore } from './blobStore';
import { HomegrownError } from './errors';
import { type Kind, parseRecord, readAll, readRecord, readRecords, readRecordsUnder, storedRecord } from './record';
import { z } from './zod';

/** Kind at its third version: `sizes` was `size`, a single number, and before that `length`. */
const BOX: Kind<{ id: string; sizes: number[]; note?: string }> = {
  what: (key) => `The box ${key.slice('boxes/'.length)}`,
  version: 3,
  schema: z.strictObject({
    version: z.literal(3),
    id: z.string(),
    sizes: z.array(z.number()),
    note: z.string().exactOptional(),
  }),
  upgrades: [
    ({ length, ...rest }) => ({ ...rest, size: length }),
    ({ size, ...rest }, key) => ({ ...rest, sizes: [size], note: `from ${key}` }),
  ],
  keyOf: ({ id }) => `boxes/${id}`,
};
/** Reads a value as a box: the record, or the error with its code. */
const problem = (value: Json | Uint8Array, key = 'boxes/a'): string => {
  try {
    return JSON.stringify(parseRecord(value, key, BOX));
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`;
  }
};

test('reads a record of any version as the newest, and leaves the stored one unchanged', async () => {
  const newest = { version: 3, id: 'a', sizes: [5], note: 'from boxes/a' };
  for (const old of [
    { id: 'a', length: 5 },
    { version: 1, id: 'a', length: 5 },
    { version: 2, id: 'a', size: 5 },
    newest,
  ]) {
    const store = memoryStore();
    await store.commit({ put: [['boxes/a', old]] });
    expect(await readRecord(store, 'boxes/a', BOX)).toEqual(newest);
    expect(await store.get('boxes/a')).toEqual(old);
  }
  expect(await readRecord(memoryStore(), 'boxes/a', BOX)).toBeUndefined();
});

test('writes the newest version, without undefined properties', () => {
  const written = storedRecord(BOX, { id: 'a', sizes: [], note: undefined } as never);
  expect(written).toEqual({ version: 3, id: 'a', sizes: [] });
  expect(parseRecord(written, 'boxes/a', BOX)).toEqual(written);
});

test('names an unreadable record and the reason', () => {
  expect(problem({ version: 4, id: 'a' })).toBe(
    'newer-version: The box a was made by a newer Homegrown: it has version 4, and this one reads up to 3',
  );
  expect(problem(Uint8Array.of(1, 2))).toBe(
    'storage-damaged: The box a cannot be read: there are 2 bytes in its place',
  );
  expect(problem({ version: 2, id: 'b', size: 1 })).toBe(
    'storage-damaged: The box a cannot be read: it is stored under a different id',
  );
  expect(problem({ version: 2, id: 'a', size: 'x' })).toMatch(/^storage-damaged: .* at sizes\.0$/);
  for (const version of [0, 1.5, -1, '2', null])
    expect(problem({ version, id: 'a', size: 1 })).toMatch(/its version is invalid/);
});

test('returns a record or a described failure for any stored value', () => {
  const throwing: Kind<unknown> = { ...BOX, upgrades: [({ a }) => (a as { b: object }).b, BOX.upgrades[1]!] };
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 4 }), (value, version) => {
      for (const kind of [BOX, throwing]) {
        for (const stored of [value, { version, a: value }]) {
          try {
            parseRecord(stored as Json, 'boxes/a', kind);
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^(storage-damaged|newer-version)$/) as string });
          }
        }
      }
    }),
  );
});

test('reads hundreds of records a few at a time, in order', async () => {
  const keys = Array.from({ length: 200 }, (_, i) => `boxes/${i}`);
  /** Number of reads in progress, and its maximum. */
  let [now, max] = [0, 0];
  const { records, unreadable } = await readAll(keys, async (key) => {
    max = Math.max(max, ++now);
    await new Promise((resolve) => setTimeout(resolve, Number(key.slice(6)) % 3));
    now--;
    if (key === 'boxes/7') throw new HomegrownError('storage-damaged', 'torn');
    return key;
  });
  expect(max).toBe(MAX_READ_AHEAD);
  expect(records).toEqual(keys.filter((key) => key !== 'boxes/7'));
  expect(unreadable).toMatchObject([{ key: 'boxes/7', failure: { message: 'torn' } }]);
});

test('reads hundreds of records in few calls, even if the store fails on one', async () => {
  const store = memoryStore();
  const keys = Array.from({ length: 600 }, (_, i) => `boxes/${i}`);
  await store.commit({ put: keys.map((key, i) => [key, { version: 2, id: `${i}`, size: i === 7 ? 'x' : i }]) });
  const calls: string[] = [];
  const failOn300 = (asked: readonly string[]): Promise<void> =>
    asked.includes('boxes/300') ? Promise.reject(new HomegrownError('storage-damaged', 'torn')) : Promise.resolve();
  const counted: BlobStore = {
    ...store,
    get: (key) => (calls.push(key), failOn300([key]).then(() => store.get(key))),
    getMany: (some) => (calls.push(`${some.length}`), failOn300(some).then(() => store.getMany(some))),
  };
  const { records, unreadable } = await readRecords(counted, [...keys, 'boxes/none'], BOX);
  expect([...records.keys()]).toEqual(keys.filter((_, i) => i !== 7 && i !== 300));
  expect(records.get('boxes/8')).toMatchObject({ sizes: [8] });
  expect(unreadable.map(({ key }) => key)).toEqual(['boxes/7', 'boxes/300']);
  // Three calls, and one for each of the 256 records of the call that failed.
  expect(calls).toHaveLength(3 + 256);
});

test('reads all records under a prefix in one call, or one by one if the store fails on one', async () => {
  const store = memoryStore();
  const keys = Array.from({ length: 600 }, (_, i) => `boxes/${i}`).sort();
  const put = keys.map((key) => [key, { version: 2, id: key.slice(6), size: key === 'boxes/7' ? 'x' : 1 }] as const);
  await store.commit({ put: [...put, ['box', 1], ['cases/1', 1]] });
  const calls: string[] = [];
  const counted: BlobStore = {
    ...store,
    get: (key) => (calls.push('get'), store.get(key)),
    getMany: (some) => (calls.push('getMany'), store.getMany(some)),
    entries: (prefix) => (calls.push('entries'), store.entries(prefix)),
    keys: (prefix) => (calls.push('keys'), store.keys(prefix)),
  };
  const read = await readRecordsUnder(counted, 'boxes/', BOX);
  expect(calls).toEqual(['entries']);
  expect(read.keys).toEqual(keys);
  expect([...read.records.keys()]).toEqual(keys.filter((key) => key !== 'boxes/7'));
  expect(read.unreadable.map(({ key }) => key)).toEqual(['boxes/7']);

  const torn = (): Promise<never> => Promise.reject(new HomegrownError('storage-damaged', 'torn'));
  const broken: BlobStore = {
    ...store,
    entries: torn,
    getMany: torn,
    get: (key) => (key === 'boxes/300' ? torn() : store.get(key)),
  };
  const others = await readRecordsUnder(broken, 'boxes/', BOX);
  expect(others.keys).toEqual(keys);
  expect([...others.records]).toEqual([...read.records].filter(([key]) => key !== 'boxes/300'));
  expect(others.unreadable.map(({ key }) => key)).toEqual(['boxes/300', 'boxes/7']);
  expect(await readRecordsUnder(store, 'none/', BOX)).toEqual({ keys: [], records: new Map(), unreadable: [] });
});

test('a value that is listed repeatedly is checked once, and again after it changes', () => {
  let checks = 0;
  const schema = z.object({ id: z.string(), sizes: z.array(z.number().refine(() => (checks++, true))) });
  const known = new Map<string, never>();
  const kind: Kind<{ id: string; sizes: number[] }> = { ...BOX, schema, known };
  const parse = (size: Json, key = 'boxes/a') => parseRecord({ version: 2, id: key.slice(6), size }, key, kind).sizes;
  expect([parse(1), parse(1), checks]).toEqual([[1], [1], 1]);
  expect([parse(2), parse(1), checks]).toEqual([[2], [1], 3]);
  for (const _ of [1, 2]) expect(() => parse('x')).toThrow('cannot be read');
  expect(() => parseRecord({ version: 2, id: 'a', size: 1 }, 'boxes/b', kind)).toThrow('stored under a different id');
  expect([parse(1), checks]).toEqual([[1], 4]);
  for (let i = 0; i < 2000; i++) parse(1, `boxes/${i}`);
  expect(known.size).toBeLessThanOrEqual(1000);
  const size = known.size;
  parseRecord({ version: 3, id: 'long', sizes: Array<number>(20_000).fill(1) }, 'boxes/long', kind);
  expect(known.size).toBe(size);
});
