/** Parquet tables: rows as pyarrow wrote them, in places, and nothing that they tell is believed. */
import fc from 'fast-check';
import { describe, expect, it, test, vi } from 'vitest';
import { memoryStore } from '../../base/blobStore';
import { HomegrownError } from '../../base/errors';
import { unwatched } from '../../base/job';
import { type ByteSource, bytesSource } from '../../files/byteSource';
import { PARQUET } from '../../testing/parquet';
import { collect, stream } from '../../testing/texts';
import { importDrop, lookAtTable, openText } from '..';
import type { Row } from '../read/format';
import { rows } from '../read/parquet';

async function read(bytes: Uint8Array, isInPlaces = true) {
  const notes: string[] = [];
  const note = (words: string): void => void notes.push(words);
  const found = await collect<Row>(
    rows({ name: 'a.parquet', bytes: stream([bytes]), note, ...(isInPlaces && { places: bytesSource(bytes) }) }),
  );
  return { rows: found.map(({ line, cells }) => [line, Object.fromEntries(cells)] as const), notes };
}

const row = (i: number): Record<string, string> => ({
  ...(i !== 1 && { text: `Größer ${i}` }),
  label: i % 2 ? 'pos' : 'neg',
  n: String(i),
  ok: String(i % 2 === 0),
  day: `2026-01-0${i + 1}`,
  ...Object.fromEntries(Array.from({ length: i % 3 }, (_, j) => [`tags.${j}`, `t${j}`])),
  'who.name': `N${i}`,
});
const ALL = [0, 1, 2, 3, 4].map((i) => [i + 1, row(i)] as const);

describe.each(['snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'none'] as const)('packed by %s', (codec) => {
  it('is its rows, in places and from its start, without columns of bytes', async () => {
    const notes = ['Columns of bytes are left out: picture'];
    expect(await read(PARQUET[codec])).toEqual({ rows: ALL, notes });
    expect(await read(PARQUET[codec], false)).toEqual({ rows: ALL, notes });
  });
});

test('values are read without dictionaries and by their differences', async () => {
  const two = ALL.map(([line, { text, n }]) => [line, { ...(text !== undefined && { text }), n }]);
  for (const name of ['plain', 'delta'] as const) expect((await read(PARQUET[name])).rows).toEqual(two);
  await expect(read(PARQUET.deltaStrings)).rejects.toThrow(
    /^a\.parquet is damaged: rows 1 to 5: a page is in DELTA_BYTE_ARRAY, which is not read\.$/,
  );
});

test('a row group is read when it is its turn, and nothing but what is needed', async () => {
  const asked: [number, number][] = [];
  const bytes = PARQUET.none;
  const places: ByteSource = {
    size: bytes.length,
    read: (offset, length) => {
      asked.push([offset, length]);
      return bytesSource(bytes).read(offset, length);
    },
  };
  for await (const { line } of rows({ name: 'a.parquet', bytes: stream([]), note: () => undefined, places })) {
    expect(line).toBe(1);
    break;
  }
  // What is told of all stands at the end.
  const ends = asked.map(([offset, length]) => offset + length).filter((end) => end < bytes.length);
  expect(Math.max(...ends)).toBeLessThan(bytes.length / 2);
});

test('columns are recognised, chosen, and looked at', async () => {
  const source = {
    name: 'a.parquet',
    size: PARQUET.zstd.length,
    stream: () => stream([PARQUET.zstd]),
    places: bytesSource(PARQUET.zstd),
  };
  expect((await lookAtTable(source, 'parquet')).columns).toEqual(
    expect.arrayContaining(['text', 'label', 'n', 'who.name', 'tags.0']),
  );
  const store = memoryStore();
  const { text, refused, empty } = await importDrop([source], store, { addedAt: 1 }, unwatched);
  expect({ refused, empty }).toEqual({ refused: [], empty: 1 });
  expect(text).toMatchObject({ documents: 4, formats: ['parquet'], size: PARQUET.zstd.length });
  const [first] = await openText(store, text!.id);
  expect(first).toMatchObject({ title: 'N0', fields: { label: 'neg' } });
  expect((await collect(first!.chunks())).join('')).toBe('Größer 0');
});

test('a table that is none, is cut off, or grows as no text does is refused with the reason', async () => {
  const { snappy } = PARQUET;
  for (const [bytes, reason] of [
    [new TextEncoder().encode('Call me Ishmael.'), /^a\.parquet is no Parquet table, or was cut off/],
    [snappy.subarray(0, 500), /is no Parquet table, or was cut off/],
    [snappy.with(snappy.length - 5, 255), /what it tells of itself is longer than it is/],
    [snappy.with(30, snappy[30]! ^ 255), /^a\.parquet is damaged: rows 1 to 3: /],
    [PARQUET.repeated, /^a\.parquet: it grows from 253 bytes to \d+/],
  ] as const)
    await expect(read(bytes)).rejects.toThrow(reason);
  expect(await read(new Uint8Array())).toEqual({ rows: [], notes: [] });
});

describe('a damaged table gives rows or a typed error, and takes a moment', () => {
  vi.setConfig({ testTimeout: 60_000 });
  it.each(['snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'none', 'plain', 'delta'] as const)('%s', async (name) => {
    const whole = PARQUET[name];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
        async (flips) => {
          const bytes = whole.slice();
          for (const [at, byte] of flips) bytes[at] = byte;
          const begin = performance.now();
          try {
            await read(bytes);
          } catch (error) {
            if (!(error instanceof HomegrownError) || error.code !== 'bad-file' || !error.remedy) throw error;
          }
          expect(performance.now() - begin).toBeLessThan(10_000);
        },
      ),
      { numRuns: 150 },
    );
  });
});
