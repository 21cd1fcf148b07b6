import fc from 'fast-check';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { HomegrownError } from '../base/errors';
import { unwatched } from '../base/job';
import { bytesSource, readBytes, type ByteStream } from './byteSource';
import { crc32 } from './crc32';
import { openZip } from './openZip';
import { zipped } from './zip';
import { propertyRuns } from '../../testing/propertyRuns';

const streamOf = (name: string, bytes: Uint8Array): ByteStream => ({
  name,
  size: bytes.length,
  *chunks() {
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  },
});

async function write(files: Record<string, Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of zipped(
    Object.entries(files).map(([name, bytes]) => streamOf(name, bytes)),
    unwatched,
  )) {
    chunks.push(chunk.slice());
  }
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  return readBytes({ size, chunks: () => chunks });
}

async function readAll(bytes: Uint8Array): Promise<Record<string, Uint8Array>> {
  const files: [string, Uint8Array][] = [];
  for (const [name, source] of await openZip(bytesSource(bytes), 'a.zip'))
    files.push([name, await source.read(0, source.size)]);
  return Object.fromEntries(files);
}

async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    await readAll(bytes);
  } catch (error) {
    if (error instanceof HomegrownError && error.code === 'bad-file') return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

/** Changes bytes of a zip, at offsets from the first local header, the directory or the end record. */
type Edit = { at: number; value: number; bytes?: 2 | 4 };
function edited(zip: Uint8Array, where: 'local' | 'directory' | 'end', edits: readonly Edit[]): Uint8Array {
  const copy = zip.slice();
  const view = new DataView(copy.buffer);
  const end = copy.length - 22;
  const from = { local: 0, directory: view.getUint32(end + 16, true), end }[where];
  for (const { at, value, bytes = 2 } of edits) {
    if (bytes === 2) view.setUint16(from + at, value, true);
    else view.setUint32(from + at, value, true);
  }
  return copy;
}

const data = strToU8('some text, some text, some text, some text');
const stored = zipSync({ 'a.txt': [data, { level: 0 }] });
const packed = zipSync({ 'a.txt': [data, { level: 9 }] });

test('crc32 equals the standard check value, also in pieces', () => {
  expect(crc32(strToU8('123456789'))).toBe(0xcbf43926);
  expect(crc32(strToU8('456789'), crc32(strToU8('123')))).toBe(0xcbf43926);
});

test('our reader and fflate read what we write; equal files give equal bytes', async () => {
  const files = {
    'config.json': data,
    empty: new Uint8Array(0),
    'model.safetensors': new Uint8Array(3000).map((_, i) => i),
  };
  const bytes = await write(files);
  expect(await readAll(bytes)).toEqual(files);
  expect(unzipSync(bytes)).toEqual(files);
  expect(await write(files)).toEqual(bytes);
});

test('stops writing on abort', async () => {
  const abort = new AbortController();
  const writing = zipped([streamOf('a', new Uint8Array(100))], { signal: abort.signal, report: () => abort.abort() });
  await expect(async () => {
    for await (const _ of writing) continue;
  }).rejects.toThrow();
});

test('accepts compressed entries, one outer folder, and the files that macOS adds', async () => {
  expect(await readAll(packed)).toEqual({ 'a.txt': data });
  const folder = zipSync({ model: { 'a.txt': data, 'b.txt': data }, __MACOSX: { model: { '._a.txt': data } } });
  expect(await readAll(folder)).toEqual({ 'a.txt': data, 'b.txt': data });
  expect(Object.keys(await readAll(zipSync({ x: { 'a.txt': data }, y: { 'a.txt': data } })))).toEqual([
    'x/a.txt',
    'y/a.txt',
  ]);
});

describe('hostile and damaged zips are refused', () => {
  const named = (name: string): Uint8Array => zipSync({ [name]: data });
  const bomb = zipSync({ bomb: new Uint8Array(8_000_000) });
  const flipped = stored.map((byte, i) => (i === 40 ? byte ^ 1 : byte));
  const twins = zipSync({ 'a.txt': data, 'b.txt': data }, { level: 0 });
  const cases: [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(0), /0 bytes are too few/],
    ['not a zip', new Uint8Array(1000), /aren't the end record of a zip file/],
    ['cut off', stored.subarray(0, stored.length - 5), /aren't the end record of a zip file/],
    ['data before', Uint8Array.from([1, 2, 3, ...stored]), /not where its end record says/],
    ['data after', Uint8Array.from([...stored, 0]), /aren't the end record of a zip file/],
    ['comment', Uint8Array.from([...edited(stored, 'end', [{ at: 20, value: 1 }]), 120]), /without a comment/],
    ['traversal', named('../../evil.txt'), /leads outside its folder/],
    ['inner traversal', named('a/../../b'), /leads outside its folder/],
    ['absolute', named('/etc/passwd'), /leads outside its folder/],
    ['drive', named('C:evil'), /not allowed/],
    ['backslash', named('a\\b'), /not allowed/],
    ['NUL', named('a\0b'), /not allowed/],
    ['right-to-left override', named('a\u202etxt.exe'), /not allowed/],
    ['long name', named('x'.repeat(300)), /not allowed/],
    ['case clash', zipSync({ 'A.txt': data, 'a.TXT': data }), /have the same name/],
    ['encrypted', edited(stored, 'directory', [{ at: 8, value: 1 }]), /encrypted/],
    [
      'link',
      edited(stored, 'directory', [
        { at: 4, value: 0x0314 },
        { at: 40, value: 0xa000 },
      ]),
      /is a link/,
    ],
    ['method', edited(stored, 'directory', [{ at: 10, value: 12 }]), /method 12/],
    [
      'zip64 entry',
      edited(stored, 'directory', [
        { at: 20, value: 0xffffffff, bytes: 4 },
        { at: 24, value: 0xffffffff, bytes: 4 },
      ]),
      /zip64/,
    ],
    [
      'zip64 end',
      edited(stored, 'end', [
        { at: 8, value: 0xffff },
        { at: 10, value: 0xffff },
      ]),
      /zip64/,
    ],
    ['several disks', edited(stored, 'end', [{ at: 4, value: 1 }]), /split zip file/],
    [
      'too many entries',
      zipSync(Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`f${i}`, data]))),
      /257 entries/,
    ],
    [
      'count too small',
      edited(twins, 'end', [
        { at: 8, value: 1 },
        { at: 10, value: 1 },
      ]),
      /its 1 entries/,
    ],
    [
      'count too large',
      edited(stored, 'end', [
        { at: 8, value: 2 },
        { at: 10, value: 2 },
      ]),
      /cut off/,
    ],
    ['bomb', bomb, /expands from/],
    [
      'total',
      edited(bomb, 'directory', [
        { at: 20, value: 0xf0000000, bytes: 4 },
        { at: 24, value: 0xfffffff0, bytes: 4 },
      ]),
      /outside|unpacks to/,
    ],
    ['bit flipped', flipped, /checksum/],
    [
      'stored size lies',
      edited(stored, 'directory', [{ at: 24, value: 5, bytes: 4 }]),
      /is stored in 42 bytes but declares 5/,
    ],
    ['packed size too small', edited(packed, 'directory', [{ at: 24, value: 5, bytes: 4 }]), /longer than the 5/],
    ['packed size too large', edited(packed, 'directory', [{ at: 24, value: 100, bytes: 4 }]), /42 of 100/],
    ['local name differs', edited(stored, 'local', [{ at: 30, value: 0x6262 }]), /in its own header/],
    ['offset', edited(stored, 'directory', [{ at: 42, value: 3, bytes: 4 }]), /not where the directory says/],
    ['offset outside', edited(stored, 'directory', [{ at: 42, value: 1e9, bytes: 4 }]), /outside/],
    [
      'large packed weights',
      zipSync(
        { 'model.safetensors': new Uint8Array(70 << 20).map((_, i) => (i % 64 ? i : i >> 6) * 2654435761) },
        { level: 1 },
      ),
      /must be stored/,
    ],
  ];
  test.each(cases)('%s', async (_, bytes, message) => {
    expect(await refusal(bytes)).toMatch(message);
  });
  test('overlapping entries', async () => {
    // The second directory entry points to the first file.
    const second = edited(twins, 'directory', []);
    const view = new DataView(second.buffer);
    const directory = view.getUint32(second.length - 6, true);
    view.setUint32(directory + 51 + 42, 0, true);
    expect(await refusal(second)).toMatch(/in its own header|overlaps/);
    // The first file declares a size that reaches into the second.
    const long = edited(twins, 'directory', [
      { at: 20, value: 60, bytes: 4 },
      { at: 24, value: 60, bytes: 4 },
    ]);
    expect(await refusal(long)).toMatch(/overlaps/);
  });
});

test('every mutation of a valid zip gives files or a typed error', async () => {
  const bases = [stored, packed, await write({ 'a.txt': data, 'b.bin': new Uint8Array(50) })];
  const edit = fc.tuple(fc.nat(300), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'delete', 'insert'));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...bases), fc.array(edit, { minLength: 1, maxLength: 4 }), async (base, edits) => {
      const bytes = [...base];
      for (const [place, value, how] of edits) {
        const at = place % bytes.length;
        if (how === 'set') bytes[at] = value;
        else bytes.splice(at, how === 'delete' ? 1 : 0, ...(how === 'insert' ? [value] : []));
      }
      try {
        await readAll(Uint8Array.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(HomegrownError);
      }
    }),
    { numRuns: propertyRuns(10_000) },
  );
});
