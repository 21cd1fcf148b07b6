/**
 * Reads zips from strangers. The central directory is parsed here because unzippers trust it: fflate keeps `../` in
 * names, checks no CRC and cuts off or over-allocates when a header lies. PKWARE APPNOTE 6.3, sections 4.3 and 4.4.
 */
import { Inflate } from 'fflate';
import { badFile } from '../base/errors';
import {
  MAX_COMPRESSED_BYTES,
  MAX_DIRECTORY_BYTES,
  MAX_ZIP_BYTES,
  MAX_ZIP_FILES,
  MAX_COMPRESSION_RATIO,
} from '../base/limits';
import { bytesSource, type ByteSource } from './byteSource';
import { crc32 } from './crc32';

/** @throws HomegrownError `bad-file` before anything is unpacked, for every zip that is not plain and honest. */
export async function openZip(source: ByteSource, file: string): Promise<ReadonlyMap<string, ByteSource>> {
  const fail = (reason: string): Error => badFile(`${file}: ${reason}`, REMEDY);
  const { count, start, size } = await findDirectory(source, fail);
  if (count > MAX_ZIP_FILES) throw fail(`it has ${count} entries; the maximum is ${MAX_ZIP_FILES}`);
  if (size > MAX_DIRECTORY_BYTES) throw fail(`its directory has ${size} bytes; the maximum is ${MAX_DIRECTORY_BYTES}`);
  const directory = await source.read(start, size);
  const entries: Entry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const { entry, length } = readEntry(directory, at, fail);
    entries.push(entry);
    at += length;
  }
  if (at !== size) throw fail(`its directory has ${size} bytes, but its ${count} entries have ${at}`);
  const files = withoutFolder(entries.filter(({ name }) => !name.endsWith('/') && !LITTER.test(name)));
  checkSizes(files, fail);
  const ranges = await Promise.all(files.map((entry) => locate(source, entry, fail)));
  checkOverlap(ranges, start, fail);
  return new Map(files.map((entry, i) => [entry.name, entrySource(source, entry, ranges[i]!.data, fail)]));
}

interface Entry {
  name: string;
  /** As written in the archive, with the folder. */
  path: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
}
type Fail = (reason: string) => Error;

/** The end record must be the last 22 bytes: a comment or other data after it is how two readers see two files. */
async function findDirectory(source: ByteSource, fail: Fail): Promise<{ count: number; start: number; size: number }> {
  if (source.size < END_BYTES) throw fail(`${source.size} bytes are too few for a zip file`);
  const end = viewOf(await source.read(source.size - END_BYTES, END_BYTES));
  if (end.getUint32(0, true) !== 0x06054b50)
    throw fail("its last 22 bytes aren't the end record of a zip file without a comment");
  const [disk, first, here, count] = [4, 6, 8, 10].map((at) => end.getUint16(at, true));
  const [size, start] = [end.getUint32(12, true), end.getUint32(16, true)];
  if (disk !== 0 || first !== 0 || here !== count) throw fail('it is one piece of a split zip file');
  if (count === 0xffff || size === 0xffffffff || start === 0xffffffff)
    throw fail('it is in the zip64 format, which is not supported');
  if (start + size !== source.size - END_BYTES) throw fail('its directory is not where its end record says');
  return { count: count!, start, size };
}

function readEntry(directory: Uint8Array, at: number, fail: Fail): { entry: Entry; length: number } {
  if (at + 46 > directory.length) throw fail('its directory is cut off');
  const view = viewOf(directory.subarray(at));
  if (view.getUint32(0, true) !== 0x02014b50) throw fail(`its directory has no entry at ${at}`);
  const u16 = (place: number): number => view.getUint16(place, true);
  const u32 = (place: number): number => view.getUint32(place, true);
  const length = 46 + u16(28) + u16(30) + u16(32);
  if (at + length > directory.length) throw fail('its directory is cut off');
  const path = readName(directory.subarray(at + 46, at + 46 + u16(28)), fail);
  if (u16(8) & 0x2041) throw fail(`${path} is encrypted`);
  if (u16(4) >> 8 === UNIX && u32(38) >>> 28 === SYMBOLIC_LINK) throw fail(`${path} is a link`);
  const entry = { name: path, path, method: u16(10), crc: u32(16), packed: u32(20), size: u32(24), offset: u32(42) };
  if ([entry.packed, entry.size, entry.offset].includes(0xffffffff))
    throw fail(`${path} is a zip64 entry, which is not supported`);
  if (entry.method !== STORED && entry.method !== DEFLATED)
    throw fail(`${path} uses compression method ${entry.method}, which is not supported`);
  if (entry.method === STORED && entry.packed !== entry.size)
    throw fail(`${path} is stored in ${entry.packed} bytes but declares ${entry.size}`);
  return { entry, length };
}

function readName(bytes: Uint8Array, fail: Fail): string {
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fail('a name in it is not UTF-8');
  }
  const shown = JSON.stringify(name.slice(0, 80));
  if (name.length === 0 || name.length > 255 || /[\p{C}\\:]/u.test(name))
    throw fail(`the name ${shown} is not allowed`);
  if (name.startsWith('/') || name.split('/').some((part) => part === '..' || part === '.')) {
    throw fail(`the name ${shown} leads outside its folder`);
  }
  return name;
}

/** A zip of a folder has it before every name; one level is taken off when all share it. */
function withoutFolder(entries: readonly Entry[]): Entry[] {
  const folder = /^[^/]+\//.exec(entries[0]?.path ?? '')?.[0];
  if (folder === undefined || !entries.every(({ path }) => path.startsWith(folder))) return [...entries];
  return entries.map((entry) => ({ ...entry, name: entry.path.slice(folder.length) }));
}

function checkSizes(entries: readonly Entry[], fail: Fail): void {
  const seen = new Map<string, string>();
  let total = 0;
  for (const { name, path, packed, size } of entries) {
    const folded = name.normalize('NFC').toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) throw fail(`${other} and ${path} have the same name`);
    seen.set(folded, path);
    if (size > 1e6 && size > packed * MAX_COMPRESSION_RATIO)
      throw fail(`${path} expands from ${packed} bytes to ${size}`);
    total += size;
  }
  if (total > MAX_ZIP_BYTES) throw fail(`it unpacks to ${total} bytes; the maximum is ${MAX_ZIP_BYTES}`);
}

interface Range {
  path: string;
  begin: number;
  data: number;
  end: number;
}

/** Where an entry's bytes are: after its local header, which must say what the directory says. */
async function locate(source: ByteSource, { path, offset, method, packed }: Entry, fail: Fail): Promise<Range> {
  if (offset + 30 > source.size) throw fail(`${path} is outside the file`);
  const view = viewOf(await source.read(offset, 30));
  if (view.getUint32(0, true) !== 0x04034b50) throw fail(`${path} is not where the directory says`);
  const nameLength = view.getUint16(26, true);
  const data = offset + 30 + nameLength + view.getUint16(28, true);
  if (data + packed > source.size) throw fail(`${path} is outside the file`);
  const name = new TextDecoder().decode(await source.read(offset + 30, nameLength));
  if (name !== path || view.getUint16(8, true) !== method)
    throw fail(`${path} has a different name or compression method in its own header`);
  return { path, begin: offset, data, end: data + packed };
}

function checkOverlap(ranges: readonly Range[], directory: number, fail: Fail): void {
  const sorted = [...ranges].sort((a, b) => a.begin - b.begin);
  for (const [i, { path, end }] of sorted.entries()) {
    if (end > (sorted[i + 1]?.begin ?? directory)) throw fail(`${path} overlaps the next entry`);
  }
}

/** A stored entry is read in place; its CRC is checked when it is read as a whole. A packed one is unpacked when read. */
function entrySource(source: ByteSource, entry: Entry, data: number, fail: Fail): ByteSource {
  if (entry.method === STORED) return checkedOnce(source, entry, data, fail);
  let unpacked: Promise<ByteSource> | undefined;
  return {
    size: entry.size,
    async read(offset, length) {
      unpacked ??= unpack(source, entry, data, fail);
      return (await unpacked).read(offset, length);
    },
  };
}

/** Before the first read of a stored entry, its CRC is checked over all of it, a piece at a time. */
function checkedOnce(source: ByteSource, { path, size, crc }: Entry, data: number, fail: Fail): ByteSource {
  let checked: Promise<void> | undefined;
  const check = async (): Promise<void> => {
    let sum = 0;
    for (let at = 0; at < size; at += PIECE) sum = crc32(await source.read(data + at, Math.min(PIECE, size - at)), sum);
    if (sum !== crc) throw fail(`${path} is damaged: its checksum doesn't match`);
  };
  return {
    size,
    async read(offset, length) {
      checked ??= check();
      await checked;
      return source.read(data + offset, length);
    },
  };
}

/** Only small files are packed: weights would have to be unpacked whole into memory. Stops at the size that was said. */
async function unpack(
  source: ByteSource,
  { path, size, packed, crc }: Entry,
  data: number,
  fail: Fail,
): Promise<ByteSource> {
  if (size > MAX_COMPRESSED_BYTES)
    throw fail(`${path} is compressed; a file of ${size} bytes must be stored uncompressed`);
  const bytes = new Uint8Array(size);
  let at = 0;
  const inflate = new Inflate((chunk) => {
    if (at + chunk.length > size) throw fail(`${path} is longer than the ${size} bytes that it declares`);
    bytes.set(chunk, at);
    at += chunk.length;
  });
  try {
    for (let from = 0; from < packed; from += UNPACK_PIECE) {
      const length = Math.min(UNPACK_PIECE, packed - from);
      inflate.push(await source.read(data + from, length), from + length === packed);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'bad-file') throw error;
    throw fail(`${path} can't be unpacked (${error instanceof Error ? error.message : 'damaged'})`);
  }
  if (at !== size) throw fail(`${path} unpacks to ${at} of ${size} bytes`);
  if (crc32(bytes) !== crc) throw fail(`${path} is damaged: its checksum doesn't match`);
  return bytesSource(bytes);
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const END_BYTES = 22;
/** What macOS adds to its zips. */
const LITTER = /(^|\/)(__MACOSX\/|\.DS_Store$)/;
const UNIX = 3;
const SYMBOLIC_LINK = 10;
const STORED = 0;
const DEFLATED = 8;
const PIECE = 1 << 20;
/** Small, because what a piece grows to is in memory at once: 1,032 times its size at most. */
const UNPACK_PIECE = 1 << 14;
const REMEDY =
  'Nothing was stored. Use a zip file exported by Homegrown, or unpack it and choose the files in its folder.';
