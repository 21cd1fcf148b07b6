/** Parquet tables: rows written by pyarrow, read by random access, with none of their claims trusted. */
import fc from 'fast-check';
import { describe, expect, it, test, vi } from 'vitest';
import { memoryStore } from '../../../base/blobStore';
import { HomegrownError } from '../../../base/errors';
import { unwatched } from '../../../base/job';
import { type ByteSource, bytesSource } from '../../../files/byteSource';
import { PARQUET } from '../../../../testing/parquet';
import { collect, stream } from '../../../../testing/texts';
import { importDrop, lookAtTable, openText } from '../..';
import { allOf } from '../../badRows';
import type { OpenFile, Row } from '../format';
import { rows } from './read';
import { checkDeltas } from './deltas';
import { propertyRuns } from '../../../../testing/propertyRuns';

const rowsOf = (file: OpenFile) => allOf(file.name, rows(file));
async function read(bytes: Uint8Array, isInPlaces = true) {
  const notes: string[] = [];
  const note = (words: string): void => void notes.push(words);
  const found = await collect<Row>(
    rowsOf({ name: 'a.parquet', bytes: stream([bytes]), note, ...(isInPlaces && { places: bytesSource(bytes) }) }),
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

describe.each(['snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'none'] as const)('compressed with %s', (codec) => {
  it('gives its rows by random access and as a stream, without binary columns', async () => {
    const notes = ['Skipped columns of bytes: picture'];
    expect(await read(PARQUET[codec])).toEqual({ rows: ALL, notes });
    expect(await read(PARQUET[codec], false)).toEqual({ rows: ALL, notes });
  });
});

test('reads plain and delta-encoded values', async () => {
  const two = ALL.map(([line, { text, n }]) => [line, { ...(text !== undefined && { text }), n }]);
  for (const name of ['plain', 'delta'] as const) expect((await read(PARQUET[name])).rows).toEqual(two);
  const texts = ALL.map(([line, { text }]) => [line, { ...(text !== undefined && { text }) }]);
  expect((await read(PARQUET.deltaStrings)).rows).toEqual(texts);
});

describe('texts encoded by shared prefixes', () => {
  /** Page with the delta-encoded lengths of prefixes and of the rest, and then the characters. */
  const pageOf = (texts: readonly (readonly [shared: number, letters: string])[]): DataView => {
    const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);
    const zigzag = (n: number): number[] => varint(n < 0 ? -2 * n - 1 : 2 * n);
    const deltas = (lengths: readonly number[]): number[] => {
      const steps = lengths.slice(1).map((length, i) => length - lengths[i]!);
      const min = Math.min(0, ...steps);
      const blocks = Array.from({ length: Math.ceil(steps.length / 128) }, (_, block) => {
        // Parts of the last block without values are omitted.
        const filled = Math.min(128, 32 * Math.ceil((steps.length - block * 128) / 32));
        const these = Array.from({ length: filled }, (_, i) => (steps[block * 128 + i] ?? min) - min);
        return [...zigzag(min), 32, 32, 32, 32, ...new Uint8Array(Uint32Array.from(these).buffer)];
      });
      return [...varint(128), 4, ...varint(lengths.length), ...zigzag(lengths[0]!), ...blocks.flat()];
    };
    const own = texts.map(([, letters]) => letters.length);
    const letters = [...new TextEncoder().encode(texts.map(([, each]) => each).join(''))];
    const bytes = Uint8Array.from([...deltas(texts.map(([shared]) => shared)), ...deltas(own), ...letters]);
    return new DataView(bytes.buffer);
  };
  const check = (page: DataView, count: number): number => checkDeltas(page, 0, count, 'DELTA_BYTE_ARRAY');

  it('are sized before they are decoded, and refused if inconsistent', () => {
    const texts = [[0, 'Call me'], [5, 'us.'], [0, ''], [0, 'Call']] as const; // prettier-ignore
    expect(check(pageOf(texts), 4)).toBe(8);
    expect(() => check(pageOf(texts), 5)).toThrow('a page has 4 of 5 values');
    expect(() => check(pageOf([[0, 'ab'], [3, 'c']]), 2)).toThrow('shares more'); // prettier-ignore
    expect(() => check(pageOf([[1, 'ab']]), 1)).toThrow('shares more');
    expect(() => check(pageOf([[0, 'ab'], [-1, 'c']]), 2)).toThrow('shares more'); // prettier-ignore
    const whole = pageOf(texts);
    expect(() => check(new DataView(whole.buffer, 0, whole.byteLength - 1), 4)).toThrow('longer than their page');
    // Each of 3,000 texts shares all 200,000 characters of the previous one.
    const bomb = pageOf([[0, 'x'.repeat(200_000)], ...Array.from({ length: 3000 }, () => [200_000, ''] as const)]);
    expect(bomb.byteLength).toBeLessThan(250_000);
    expect(() => check(bomb, 3001)).toThrow('a page expands too much');
  });

  it('are checked fast in bounded memory, whatever their page claims', () => {
    const page = new Uint8Array(pageOf([[0, 'Call me'], [5, 'us.'], [3, 'l'], [0, '']]).buffer); // prettier-ignore
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: page.length - 1 }), fc.nat({ max: 255 })), { maxLength: 4 }),
        (flips) => {
          const bytes = page.slice();
          for (const [at, byte] of flips) bytes[at] = byte;
          const begin = performance.now();
          try {
            expect(check(new DataView(bytes.buffer), 4)).toBeLessThan(100);
          } catch (error) {
            if (error instanceof TypeError || !(error instanceof Error)) throw error;
          }
          expect(performance.now() - begin).toBeLessThan(1000);
        },
      ),
      { numRuns: propertyRuns(2000) },
    );
  });
});

test('reads a row group on demand, and only the needed bytes', async () => {
  const asked: [number, number][] = [];
  const bytes = PARQUET.none;
  const places: ByteSource = {
    size: bytes.length,
    read: (offset, length) => {
      asked.push([offset, length]);
      return bytesSource(bytes).read(offset, length);
    },
  };
  for await (const { line } of rowsOf({ name: 'a.parquet', bytes: stream([]), note: () => undefined, places })) {
    expect(line).toBe(1);
    break;
  }
  // The metadata is at the end.
  const ends = asked.map(([offset, length]) => offset + length).filter((end) => end < bytes.length);
  expect(Math.max(...ends)).toBeLessThan(bytes.length / 2);
});

test('detects columns, uses chosen ones, and previews them', async () => {
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

test('refuses an invalid, truncated or excessively expanding table with the reason', async () => {
  const { snappy } = PARQUET;
  for (const [bytes, reason] of [
    [new TextEncoder().encode('Call me Ishmael.'), /^a\.parquet is not a complete Parquet file/],
    [snappy.subarray(0, 500), /is not a complete Parquet file/],
    [snappy.with(snappy.length - 5, 255), /its metadata is longer than the file/],
    [snappy.with(30, snappy[30]! ^ 255), /^a\.parquet is damaged: rows 1 to 3: /],
    [PARQUET.repeated, /^a\.parquet expands from 253 bytes to more than [\d,]+ characters/],
  ] as const)
    await expect(read(bytes)).rejects.toThrow(reason);
  expect(await read(new Uint8Array())).toEqual({ rows: [], notes: [] });
});

test('names the nested column that cannot be read', async () => {
  const whole = bytesSource(PARQUET.chats);
  const reasons = new Set<string>();
  for (let failing = 0; failing < 12; failing++) {
    let reads = 0;
    const places: ByteSource = {
      size: whole.size,
      read: (offset, length) =>
        reads++ === failing ? Promise.reject(new RangeError('Invalid length')) : whole.read(offset, length),
    };
    const file = { name: 'a.parquet', bytes: stream([PARQUET.chats]), places, note: () => undefined };
    await collect(rows(file)).catch((error: unknown) => reasons.add(error instanceof Error ? error.message : ''));
  }
  expect([...reasons].join('\n')).toContain('the column "messages.list.element.role" can\'t be read');
});

describe('a damaged table gives rows or a typed error fast', () => {
  vi.setConfig({ testTimeout: 60_000 });
  it.each(['snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'none', 'plain', 'delta', 'deltaStrings'] as const)(
    '%s',
    async (name) => {
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
        { numRuns: propertyRuns(150) },
      );
    },
  );
});
