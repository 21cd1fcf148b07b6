/**
 * Opens a zip as files that can be read from any place, as our exports are: few, with plain names, stored uncompressed
 * where large. Anything that two readers could read differently is refused.
 */
import { badFile } from '../base/errors';
import {
  MAX_COMPRESSED_BYTES,
  MAX_COMPRESSION_RATIO,
  MAX_DIRECTORY_BYTES,
  MAX_ZIP_BYTES,
  MAX_ZIP_FILES,
} from '../base/limits';
import { bytesSource, type ByteSource, readBytes } from './byteSource';
import { crc32 } from './crc32';
import { END, type Fail, findDirectory, isBomb, readRecords, refusalOf, STORED, type ZipRecord } from './zipDirectory';
import { contentOf, HEADER, readHeader } from './zipEntries';

/** @throws HomegrownError `bad-file` before anything is unpacked, for every zip that isn't plain and honest */
export async function openZip(source: ByteSource, file: string): Promise<ReadonlyMap<string, ByteSource>> {
  const fail = (reason: string): Error => badFile(`${file}: ${reason}`, REMEDY);
  if (source.size < END) throw fail(`${source.size} bytes are too few for a zip file`);
  // In a comment, another reader could find another end record.
  const directory = await findDirectory(source, fail, 0);
  const { count, start, size } = directory;
  if (directory.isZip64) throw fail('it is in the zip64 format, which is not supported');
  if (count > MAX_ZIP_FILES) throw fail(`it has ${count} entries; the maximum is ${MAX_ZIP_FILES}`);
  if (size > MAX_DIRECTORY_BYTES) throw fail(`its directory has ${size} bytes; the maximum is ${MAX_DIRECTORY_BYTES}`);
  const records = await readRecords(source, directory, fail);
  const used = records.reduce((sum, { length }) => sum + length, 0);
  if (used !== size) throw fail(`its directory has ${size} bytes, but its ${count} entries have ${used}`);
  const named = records.map((record) => checkedRecord(record, fail));
  const files = withoutFolder(named.filter(({ path }) => !path.endsWith('/') && !SYSTEM_FILES.test(path)));
  checkSizes(files, fail);
  const ranges = await Promise.all(files.map((entry) => locate(source, entry, fail)));
  checkOverlap(ranges, start, fail);
  return new Map(files.map((entry, i) => [entry.inFolder, entrySource(source, entry, ranges[i]!.data, fail)]));
}

interface Entry extends ZipRecord {
  /** The path without the folder that all entries share. */
  inFolder: string;
}

function checkedRecord(record: ZipRecord, fail: Fail): ZipRecord {
  const path = plainName(record.name, fail);
  if (record.isZip64) throw fail(`${path} is a zip64 entry, which is not supported`);
  const why = refusalOf(record);
  if (why) throw fail(`${path} ${why}`);
  return { ...record, path };
}

function plainName(bytes: Uint8Array, fail: Fail): string {
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

/** A zip of a folder has its name before every path: removes one level that all share. */
function withoutFolder(entries: readonly ZipRecord[]): Entry[] {
  const folder = /^[^/]+\//.exec(entries[0]?.path ?? '')?.[0] ?? '';
  const cut = entries.every(({ path }) => path.startsWith(folder)) ? folder.length : 0;
  return entries.map((entry) => ({ ...entry, inFolder: entry.path.slice(cut) }));
}

function checkSizes(entries: readonly Entry[], fail: Fail): void {
  const seen = new Map<string, string>();
  let total = 0;
  for (const entry of entries) {
    const { inFolder, path, packed, size } = entry;
    const folded = inFolder.normalize('NFC').toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) throw fail(`${other} and ${path} have the same name`);
    seen.set(folded, path);
    if (isBomb(entry, MAX_COMPRESSION_RATIO)) throw fail(`${path} expands from ${packed} bytes to ${size}`);
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

/** Finds an entry's bytes behind its local header, which must agree with the directory. */
async function locate(source: ByteSource, entry: Entry, fail: Fail): Promise<Range> {
  const { path, offset, method, packed } = entry;
  if (offset + HEADER > source.size) throw fail(`${path} is outside the file`);
  const header = await readHeader(source, entry, fail);
  if (header.data + packed > source.size) throw fail(`${path} is outside the file`);
  const name = new TextDecoder().decode(await source.read(header.name, header.named));
  if (name !== path || header.method !== method)
    throw fail(`${path} has a different name or compression method in its own header`);
  return { path, begin: offset, data: header.data, end: header.data + packed };
}

function checkOverlap(ranges: readonly Range[], directory: number, fail: Fail): void {
  const sorted = [...ranges].sort((a, b) => a.begin - b.begin);
  for (const [i, { path, end }] of sorted.entries()) {
    if (end > (sorted[i + 1]?.begin ?? directory)) throw fail(`${path} overlaps the next entry`);
  }
}

/** Reads a stored entry in place, and unpacks a compressed one when it is first read. */
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

/** Checks the CRC of a stored entry before its first read, a piece at a time. */
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

/** Unpacks an entry into memory; weights are too large for that, so they must be stored. */
async function unpack(source: ByteSource, entry: Entry, data: number, fail: Fail): Promise<ByteSource> {
  const { path, size } = entry;
  if (size > MAX_COMPRESSED_BYTES)
    throw fail(`${path} is compressed; a file of ${size} bytes must be stored uncompressed`);
  return bytesSource(await readBytes({ size, chunks: () => contentOf(source, entry, data, fail) }));
}

/** Files that macOS adds to its zips. */
const SYSTEM_FILES = /(^|\/)(__MACOSX\/|\.DS_Store$)/;
const PIECE = 1 << 20;
const REMEDY =
  'Nothing was stored. Use a zip file exported by Homegrown, or unpack it and choose the files in its folder.';
