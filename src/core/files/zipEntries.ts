/**
 * Files in anybody's zip, one at a time and as streams: many, large, with comments, zip64, names in old encodings. An
 * entry that can't be read says why, and the others are read.
 */
import { Inflate } from 'fflate';
import { badFile, HomegrownError } from '../base/errors';
import { MAX_COMPRESSION_RATIO } from '../base/limits';
import { formatCount } from '../base/units';
import { type ByteSource, failing } from './byteSource';
import { crc32 } from './crc32';
import {
  DEFLATED,
  type Fail,
  findDirectory,
  isBomb,
  readRecords,
  RECORD,
  refusalOf,
  viewOf,
  type ZipRecord,
} from './zipDirectory';

export interface ZipEntry {
  /** As written in the archive, with folders. */
  path: string;
  /** As the directory says; reading stops there. */
  size: number;
  /** Compressed size in bytes. */
  packed: number;
  /** Once, from its start. Throws where it can't be read. */
  bytes(): AsyncIterable<Uint8Array>;
}

/**
 * Lists the files of a zip.
 * @param max number of entries
 * @param growth maximum ratio of an entry's size to its compressed size, beyond 1 MB
 * @param remedy what a person can do about a zip that can't be read
 * @throws HomegrownError `bad-file` where the directory is incomplete or entries overlap
 */
export async function zipEntries(
  source: ByteSource,
  file: string,
  max: number,
  { growth = MAX_COMPRESSION_RATIO, remedy = REMEDY } = {},
): Promise<readonly ZipEntry[]> {
  const fail = (reason: string, otherwise = remedy): Error => badFile(`${file}: ${reason}`, otherwise);
  const directory = await findDirectory(source, fail);
  const { count, start, size } = directory;
  if (count > max)
    throw fail(
      `it has ${formatCount(count)} entries; the maximum is ${formatCount(max)}`,
      'Split it into several files.',
    );
  if (size > count * MAX_RECORD_LENGTH) throw fail(`its directory has ${size} bytes for ${count} entries, too many`);
  const records = await readRecords(source, directory, fail);
  const ordered = [...records].sort((a, b) => a.offset - b.offset);
  const ends = new Map<ZipRecord, number>();
  for (const [i, record] of ordered.entries()) {
    const end = ordered[i + 1]?.offset ?? start;
    if (record.offset + HEADER + record.packed > end) throw fail(`${record.path} overlaps the next entry`);
    ends.set(record, end);
  }
  return records
    .filter(({ path }) => !path.endsWith('/'))
    .map((record) => {
      const { path, size, packed } = record;
      const why = leadsOutside(path) ?? refusalOf(record) ?? growthProblem(record, growth);
      const bytes = () => (why ? failing(fail(`${path} ${why}`)) : bytesOf(source, record, ends.get(record)!, fail));
      return { path, size, packed, bytes };
    });
}

const leadsOutside = (path: string): string | null =>
  path.startsWith('/') || path.split('/').includes('..') ? 'leads outside its folder' : null;

const growthProblem = (record: ZipRecord, growth: number): string | null =>
  isBomb(record, growth) ? `expands from ${record.packed} bytes to ${record.size}` : null;

async function* bytesOf(
  source: ByteSource,
  record: ZipRecord,
  end: number,
  fail: Fail,
): AsyncGenerator<Uint8Array, void> {
  const { path, method, packed } = record;
  const header = await readHeader(source, record, fail);
  if (header.method !== method) throw fail(`${path} has a different compression method in its own header`);
  if (header.data + packed > end) throw fail(`${path} overlaps the next entry`);
  yield* contentOf(source, record, header.data, fail);
}

/** Reads an entry's local header. `data`: where its content begins; `name`: where its name does. */
export async function readHeader(source: ByteSource, { path, offset }: ZipRecord, fail: Fail) {
  const view = viewOf(await source.read(offset, HEADER));
  if (view.getUint32(0, true) !== 0x04034b50) throw fail(`${path} is not where the directory says`);
  const [method, named] = [view.getUint16(8, true), view.getUint16(26, true)];
  const name = offset + HEADER;
  return { method, name, named, data: name + named + view.getUint16(28, true) };
}

/**
 * Unpacks an entry's content, in pieces.
 * @param data where it begins
 * @throws what `fail` makes where it doesn't have the size and the checksum that the directory says
 */
export async function* contentOf(
  source: ByteSource,
  { path, method, packed, size, crc }: ZipRecord,
  data: number,
  fail: Fail,
): AsyncGenerator<Uint8Array, void> {
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

/** Length of a record with a name, extra fields and a comment. */
const MAX_RECORD_LENGTH = RECORD + 4096;
export const HEADER = 30;
const READ = 2 ** 20;
/** Small, because all that a piece expands to is in memory at once: at most 1,032 times its size. */
const PIECE = 2 ** 14;
const REMEDY = 'Download it again, or unpack it and add the files in it.';
