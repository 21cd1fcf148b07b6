/**
 * The directory of a zip, which both readers trust alone: `openZip` for our own exports, `zipEntries` for anybody's
 * archives. Other unzippers keep `../` in names, check no CRC, and over-allocate when a header lies. PKWARE APPNOTE 6.3,
 * sections 4.3 to 4.5.
 */
import type { ByteSource } from './byteSource';
import { zipName } from './zipNames';

/** Makes the error of a zip that can't be read. */
export type Fail = (reason: string, remedy?: string) => Error;

interface Directory {
  /** Number of entries. */
  count: number;
  /** Position in the file, in bytes. */
  start: number;
  /** Length in bytes. */
  size: number;
  isZip64: boolean;
}

/** An entry as the directory describes it. */
export interface ZipRecord {
  /** Name with folders, decoded from any encoding. */
  path: string;
  /** The name as written. */
  name: Uint8Array;
  method: number;
  crc: number;
  /** Compressed size in bytes. */
  packed: number;
  size: number;
  /** Position of the entry's local header. */
  offset: number;
  isEncrypted: boolean;
  isLink: boolean;
  isZip64: boolean;
  /** Length of this record in the directory. */
  length: number;
}

/**
 * Finds the directory by the end record, which only a comment may follow.
 * @param maxComment maximum length of the comment in bytes; no other bytes are read at the end
 * @throws what `fail` makes where there is no end record or it is wrong
 */
export async function findDirectory(
  source: ByteSource,
  fail: Fail,
  maxComment = MAX_COMMENT_LENGTH,
): Promise<Directory> {
  const length = Math.min(source.size, END + maxComment);
  const from = source.size - length;
  const view = viewOf(await source.read(from, length));
  let at = length - END;
  while (at >= 0 && !(view.getUint32(at, true) === 0x06054b50 && view.getUint16(at + 20, true) === length - at - END))
    at--;
  if (at < 0)
    throw fail(
      maxComment === 0
        ? `its last ${END} bytes aren't the end record of a zip file without a comment`
        : 'it is not a zip file, or it is cut off: it has no end record',
    );
  const [disk, first] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
  let count = view.getUint16(at + 10, true);
  let [size, start] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  let isZip64 = count === 0xffff || size === 0xffffffff || start === 0xffffffff;
  let end = from + at;
  const locator = at - LOCATOR;
  if (locator >= 0 && view.getUint32(locator, true) === 0x07064b50) {
    isZip64 = true;
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
  return { count, start, size, isZip64 };
}

/**
 * Reads all records of a directory, in its order. Check `count` and `size` first: it is in memory as a whole.
 * @throws what `fail` makes where a record is cut off
 */
export async function readRecords(source: ByteSource, { count, start, size }: Directory, fail: Fail) {
  const directory = await source.read(start, size);
  const records: ZipRecord[] = [];
  for (let i = 0, at = 0; i < count; i++) {
    const record = recordAt(directory, at, fail);
    records.push(record);
    at += record.length;
  }
  return records;
}

function recordAt(directory: Uint8Array, at: number, fail: Fail): ZipRecord {
  if (at + RECORD > directory.length) throw fail('its directory is cut off');
  const view = viewOf(directory.subarray(at));
  if (view.getUint32(0, true) !== 0x02014b50) throw fail(`its directory has no entry at ${at}`);
  const u16 = (place: number): number => view.getUint16(place, true);
  const u32 = (place: number): number => view.getUint32(place, true);
  const [named, extra] = [u16(28), u16(30)];
  const length = RECORD + named + extra + u16(32);
  if (at + length > directory.length) throw fail('its directory is cut off');
  const [begin, after] = [at + RECORD, at + RECORD + named];
  const name = directory.subarray(begin, after);
  const path = zipName(name, u16(4) >> 8, directory.subarray(after, after + extra));
  const short = [u32(24), u32(20), u32(42)] as const;
  const [size, packed, offset] = wide(short, view, RECORD + named, extra);
  const isLink = u16(4) >> 8 === UNIX && u32(38) >>> 28 === SYMBOLIC_LINK;
  const isEncrypted = (u16(8) & 0x2041) !== 0;
  const isZip64 = short.includes(0xffffffff);
  return { path, name, method: u16(10), crc: u32(16), packed, size, offset, isEncrypted, isLink, isZip64, length };
}

/** Replaces values too large for 32 bits by those in the zip64 extra field, which lists them in order. */
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

/** Returns why an entry can't be read, as a predicate; null if it can. */
export function refusalOf({ isEncrypted, isLink, method, packed, size }: ZipRecord): string | null {
  if (isEncrypted) return 'is encrypted';
  if (isLink) return 'is a link';
  if (method !== STORED && method !== DEFLATED) return `uses compression method ${method}, which is not supported`;
  return method === STORED && packed !== size ? `is stored in ${packed} bytes but declares ${size}` : null;
}

/** Returns whether an entry of over 1 MB expands to more than `growth` times its compressed size. */
export const isBomb = ({ packed, size }: ZipRecord, growth: number): boolean => size > 1e6 && size > packed * growth;

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Length of the end record, in bytes. */
export const END = 22;
const MAX_COMMENT_LENGTH = 0xffff;
const LOCATOR = 20;
const END64 = 56;
export const RECORD = 46;
const UNIX = 3;
const SYMBOLIC_LINK = 10;
export const STORED = 0;
export const DEFLATED = 8;
