/**
 * Files in a zip of anybody's, one at a time and as streams: many, large, with comments, zip64, names in old encodings.
 * What cannot be read of it is an entry that says why, so that the others can be. The directory counts, and what it says
 * is held against the entries. PKWARE APPNOTE 6.3, sections 4.3 to 4.5.
 */
import { Inflate } from 'fflate';
import { badFile, HomegrownError } from '../base/errors';
import { MAX_COMPRESSION_RATIO } from '../base/limits';
import { formatCount } from '../base/units';
import { type ByteSource, failing } from './byteSource';
import { crc32 } from './crc32';
import { zipName } from './zipNames';

export interface ZipEntry {
  /** As written in the archive, with folders. */
  path: string;
  /** As the directory says; reading stops there. */
  size: number;
  /** In the archive. */
  packed: number;
  /** Once, from its start. Throws where it cannot be read. */
  bytes(): AsyncIterable<Uint8Array>;
}

/**
 * @param most entries
 * @param growth of a file to what it is packed in, beyond a megabyte
 * @param remedy where it cannot be read
 * @throws HomegrownError `bad-file` where there is no whole directory, or entries overlap
 */
export async function zipEntries(
  source: ByteSource,
  file: string,
  max: number,
  { growth = MAX_COMPRESSION_RATIO, remedy = REMEDY } = {},
): Promise<readonly ZipEntry[]> {
  const fail = (reason: string, otherwise = remedy): Error => badFile(`${file}: ${reason}`, otherwise);
  const { count, start, size } = await findDirectory(source, fail);
  if (count > max)
    throw fail(
      `it has ${formatCount(count)} entries; the maximum is ${formatCount(max)}`,
      'Split it into several files.',
    );
  if (size > count * MAX_RECORD_LENGTH) throw fail(`its directory has ${size} bytes for ${count} entries, too many`);
  const directory = await source.read(start, size);
  const records: EntryRecord[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const record = recordAt(directory, at, fail);
    records.push(record);
    at += record.length;
  }
  const ordered = [...records].sort((a, b) => a.offset - b.offset);
  const ends = new Map<EntryRecord, number>();
  for (const [i, record] of ordered.entries()) {
    const end = ordered[i + 1]?.offset ?? start;
    if (record.offset + HEADER + record.packed > end) throw fail(`${record.path} overlaps the next entry`);
    ends.set(record, end);
  }
  return records
    .filter(({ path }) => !path.endsWith('/'))
    .map((record) => {
      const { path, size, packed } = record;
      const why = refusalOf(record, growth);
      const bytes = () => (why ? failing(fail(`${path} ${why}`)) : bytesOf(source, record, ends.get(record)!, fail));
      return { path, size, packed, bytes };
    });
}

type Fail = (reason: string, remedy?: string) => Error;
interface EntryRecord {
  path: string;
  flags: number;
  method: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
  isLink: boolean;
  /** Of the record itself. */
  length: number;
}

/** The end record is the last thing in a zip, with a comment of at most 64 KiB. */
async function findDirectory(source: ByteSource, fail: Fail): Promise<{ count: number; start: number; size: number }> {
  const length = Math.min(source.size, END + MAX_COMMENT_LENGTH);
  const from = source.size - length;
  const view = viewOf(await source.read(from, length));
  let at = length - END;
  while (at >= 0 && !(view.getUint32(at, true) === 0x06054b50 && view.getUint16(at + 20, true) === length - at - END))
    at--;
  if (at < 0) throw fail('it is not a zip file, or it is cut off: it has no end record');
  const [disk, first] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
  let count = view.getUint16(at + 10, true);
  let [size, start] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  let end = from + at;
  const locator = at - LOCATOR;
  if (locator >= 0 && view.getUint32(locator, true) === 0x07064b50) {
    end = Number(view.getBigUint64(locator + 8, true));
    if (end + END64 > from + locator) throw fail('its directory is not where its end record says');
    const end64 = viewOf(await source.read(end, END64));
    if (end64.getUint32(0, true) !== 0x06064b50) throw fail('its directory is not where its end record says');
    const u64 = (place: number): number => Number(end64.getBigUint64(place, true));
    [count, size, start] = [u64(32), u64(40), u64(48)];
  }
  if ((disk !== 0 && disk !== 0xffff) || (first !== 0 && first !== 0xffff))
    throw fail('it is one piece of a split zip file');
  if (start + size !== end) throw fail('its directory is not where its end record says');
  return { count, start, size };
}

function recordAt(directory: Uint8Array, at: number, fail: Fail): EntryRecord {
  if (at + RECORD > directory.length) throw fail('its directory is cut off');
  const view = viewOf(directory.subarray(at));
  if (view.getUint32(0, true) !== 0x02014b50) throw fail(`its directory has no entry at ${at}`);
  const u16 = (place: number): number => view.getUint16(place, true);
  const u32 = (place: number): number => view.getUint32(place, true);
  const [named, extra] = [u16(28), u16(30)];
  const length = RECORD + named + extra + u16(32);
  if (at + length > directory.length) throw fail('its directory is cut off');
  const [name, after] = [at + RECORD, at + RECORD + named];
  const path = zipName(directory.subarray(name, after), u16(4) >> 8, directory.subarray(after, after + extra));
  const [size, packed, offset] = wide([u32(24), u32(20), u32(42)], view, RECORD + named, extra);
  const isLink = u16(4) >> 8 === UNIX && u32(38) >>> 28 === SYMBOLIC_LINK;
  return { path, flags: u16(8), method: u16(10), crc: u32(16), packed, size, offset, isLink, length };
}

/** Those that are too large for their places stand in the extra field of zip64, in their order. */
function wide(
  values: readonly [size: number, packed: number, offset: number],
  view: DataView,
  from: number,
  length: number,
): [number, number, number] {
  for (let at = from; at + 4 <= from + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const end = Math.min(from + length, at + 4 + view.getUint16(at + 2, true));
    let place = at + 4;
    return values.map((value) => {
      if (value !== 0xffffffff || place + 8 > end) return value;
      place += 8;
      return Number(view.getBigUint64(place - 8, true));
    }) as [number, number, number];
  }
  return [...values];
}

/** Why an entry is not read, as what is said of it. */
function refusalOf({ path, flags, method, packed, size, isLink }: EntryRecord, growth: number): string | null {
  if (path.startsWith('/') || path.split('/').includes('..')) return 'leads outside its folder';
  if (flags & 0x2041) return 'is encrypted';
  if (isLink) return 'is a link';
  if (method !== STORED && method !== DEFLATED) return `uses compression method ${method}, which is not supported`;
  if (method === STORED && packed !== size) return `is stored in ${packed} bytes but declares ${size}`;
  return size > 1e6 && size > packed * growth ? `expands from ${packed} bytes to ${size}` : null;
}

/** @param end where what comes after it begins */
async function* bytesOf(
  source: ByteSource,
  { path, offset, method, packed, size, crc }: EntryRecord,
  end: number,
  fail: Fail,
): AsyncGenerator<Uint8Array> {
  const header = viewOf(await source.read(offset, HEADER));
  if (header.getUint32(0, true) !== 0x04034b50) throw fail(`${path} is not where the directory says`);
  const data = offset + HEADER + header.getUint16(26, true) + header.getUint16(28, true);
  if (header.getUint16(8, true) !== method) throw fail(`${path} has a different compression method in its own header`);
  if (data + packed > end) throw fail(`${path} overlaps the next entry`);
  let [sum, written] = [0, 0];
  let out: Uint8Array[] = [];
  const write = (chunk: Uint8Array): void => {
    written += chunk.length;
    if (written > size) throw fail(`${path} is longer than the ${size} bytes that it declares`);
    sum = crc32(chunk, sum);
    if (chunk.length > 0) out.push(chunk);
  };
  const inflate = method === DEFLATED ? new Inflate(write) : null;
  const push = (piece: Uint8Array, isLast: boolean): void => {
    try {
      if (inflate) inflate.push(piece, isLast);
      else write(piece);
    } catch (error) {
      if (error instanceof HomegrownError) throw error;
      throw fail(`${path} can't be unpacked (${error instanceof Error ? error.message : 'damaged'})`);
    }
  };
  for (let at = 0; at < packed; at += READ) {
    const read = await source.read(data + at, Math.min(READ, packed - at));
    for (let from = 0; from < read.length; from += PIECE) {
      const piece = read.subarray(from, from + PIECE);
      push(piece, at + from + piece.length === packed);
      yield* out;
      out = [];
    }
  }
  if (written !== size) throw fail(`${path} unpacks to ${written} of ${size} bytes`);
  if (sum !== crc) throw fail(`${path} is damaged: its checksum doesn't match`);
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const END = 22;
const MAX_COMMENT_LENGTH = 0xffff;
const LOCATOR = 20;
const END64 = 56;
const RECORD = 46;
/** With a name, what programs add, and a comment. */
const MAX_RECORD_LENGTH = RECORD + 4096;
const HEADER = 30;
const UNIX = 3;
const SYMBOLIC_LINK = 10;
const STORED = 0;
const DEFLATED = 8;
const READ = 2 ** 20;
/** Small, because what a piece grows to is in memory at once: 1,032 times its size at most. */
const PIECE = 2 ** 14;
const REMEDY = 'Download it again, or unpack it and add the files in it.';
