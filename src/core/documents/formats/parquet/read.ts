/** A Parquet table. Reads the columns that can be text, one row group at a time, by random access. */
import { compressors, decompressZstd } from 'hyparquet-compressors';
import {
  type ColumnChunk,
  type Metadata,
  parquetMetadata,
  parquetSchema,
  type RowGroup,
  type Schema,
} from 'hyparquet/src/metadata.js';
import { parquetRead } from 'hyparquet/src/read.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getTreePath } from 'hyparquet/src/schema.js';
import { badFile, HomegrownError } from '../../../base/errors';
import { MAX_COMPRESSION_RATIO } from '../../../base/limits';
import { formatBytes, formatCount } from '../../../base/units';
import { type ByteSource, bytesSource, readExactly } from '../../../files/byteSource';
import { cellsOf } from '../../json';
import {
  DEEPEST_CELL,
  MAX_FOOTER_BYTES,
  MAX_PACKED_BYTES,
  MAX_ROW_GROUP_BYTES,
  MAX_TABLE_COLUMNS,
  MAX_TABLE_ROWS,
  MAX_ROWS_PER_GROUP,
} from '../../limits';
import { checkPage, type Leaf, pagesOf } from './pages';
import { checkThrift } from './thrift';
import { readAllBytes } from '../../readAll';
import type { OpenFile, TableFormat } from '../format';

export const rows: TableFormat['rows'] = async function* (file) {
  const source = file.places ?? bytesSource(await readAllBytes(file, MAX_PACKED_BYTES));
  if (source.size === 0) return;
  const metadata = await metadataOf(source, file.name);
  const schema = parquetSchema(metadata);
  const { columns, left } = columnsOf(schema);
  if (left.length > 0) file.note(`Skipped columns of bytes: ${left.join(', ')}`);
  let [from, letters] = [0, 0];
  for (const group of metadata.row_groups) {
    const count = Number(group.num_rows);
    const found = await groupOf(file, source, { metadata, schema, columns }, { group, from, count });
    for (const [n, row] of found.entries()) {
      const cells = cellsOf(row);
      for (const { length } of cells.values()) letters += length;
      if (letters > 1e6 && letters > source.size * MAX_COMPRESSION_RATIO)
        throw badFile(
          `${file.name} expands from ${formatBytes(source.size)} to more than ${formatCount(letters)} characters, which text never does.`,
          'Save it as CSV, and add that file.',
        );
      yield { line: from + n + 1, cells, value: row };
    }
    from += count;
  }
};

/** Reads and checks the metadata at the file's end. */
async function metadataOf(source: ByteSource, name: string): Promise<Metadata> {
  const fail = (reason: string): Error => damaged(name, reason);
  const end = await readExactly(source, Math.max(0, source.size - 8), Math.min(8, source.size), fail);
  if (end.length < 8 || latin(end.subarray(4)) !== 'PAR1')
    throw badFile(
      `${name} is not a complete Parquet file: it doesn't end with "PAR1".`,
      'Download it again, or save it again.',
    );
  const length = new DataView(end.buffer, end.byteOffset).getUint32(0, true) + 8;
  if (length > source.size) throw fail('its metadata is longer than the file');
  if (length > MAX_FOOTER_BYTES) throw fail(`its metadata has ${formatBytes(length)}`);
  const footer = await readExactly(source, source.size - length, length, fail);
  let metadata: Metadata;
  try {
    checkThrift(new DataView(footer.buffer, footer.byteOffset, footer.byteLength), 0);
    metadata = parquetMetadata(footer.slice(), { geoparquet: false });
    parquetSchema(metadata);
  } catch (error) {
    throw fail(reasonOf(error, 'its metadata'));
  }
  // hyparquet searches all columns for each one.
  const columns = metadata.row_groups.reduce(
    (max, group) => Math.max(max, group.columns.length),
    metadata.schema.length,
  );
  if (columns > MAX_TABLE_COLUMNS)
    throw badFile(
      `${name} has ${formatCount(columns)} columns; the maximum is ${formatCount(MAX_TABLE_COLUMNS)}.`,
      'Save only the columns with text.',
    );
  let all = 0;
  for (const { num_rows: rows } of metadata.row_groups) {
    if (rows < 0n || rows > BigInt(MAX_ROWS_PER_GROUP)) throw tooLarge(name, `${formatCount(Number(rows))} rows`);
    all += Number(rows);
  }
  if (all > MAX_TABLE_ROWS)
    throw badFile(
      `${name} has ${formatCount(all)} rows; the maximum is ${formatCount(MAX_TABLE_ROWS)}.`,
      'Split it into several tables.',
    );
  return metadata;
}

/** Names of columns that can be text, and of binary ones, such as images. */
function columnsOf(schema: Schema): { columns: string[]; left: string[] } {
  const [columns, left]: [string[], string[]] = [[], []];
  for (const column of schema.children) (isOfBytes(column) ? left : columns).push(column.element.name);
  return { columns, left };
}

/** Older programs don't mark text as such, so an unmarked column is binary only if nested or of fixed length. */
function isOfBytes({ element, children }: Schema, isWithin = false): boolean {
  if (children.length > 0) return children.some((child) => isOfBytes(child, true));
  const isTyped = element.converted_type !== undefined || element.logical_type !== undefined;
  return !isTyped && (element.type === 'FIXED_LEN_BYTE_ARRAY' || (element.type === 'BYTE_ARRAY' && isWithin));
}

/** Metadata for all row groups. */
interface Table {
  metadata: Metadata;
  schema: Schema;
  /** Names of the columns to read. */
  columns: string[];
}

interface Group {
  group: RowGroup;
  from: number;
  count: number;
}

async function groupOf(
  { name }: OpenFile,
  source: ByteSource,
  { metadata, schema, columns }: Table,
  { group, from, count }: Group,
): Promise<object[]> {
  const where = `rows ${formatCount(from + 1)} to ${formatCount(from + count)}`;
  const fail = (reason: string): Error => damaged(name, `${where}: ${reason}`);
  if (count === 0 || columns.length === 0) return [];
  let part = 'the metadata of the row group';
  try {
    const wanted = group.columns.flatMap(({ file_path, meta_data: chunk }) => {
      if (file_path || !chunk) throw new Error('a column is in another file');
      return columns.includes(chunk.path_in_schema[0]!) ? [chunk] : [];
    });
    const size = wanted.reduce((sum, chunk) => sum + Number(chunk.total_uncompressed_size), 0);
    if (!(size <= MAX_ROW_GROUP_BYTES)) throw tooLarge(name, formatBytes(size));
    checkCounts(wanted, count);
    let made = 0;
    const making = (bytes: number): void => {
      made += bytes;
      if (size + made > MAX_ROW_GROUP_BYTES) throw tooLarge(name, `more than ${formatBytes(MAX_ROW_GROUP_BYTES)}`);
    };
    const unpack: Record<string, Unpack> = {};
    const chunks = new Map<ColumnChunk, ColumnChunk>();
    for (const [i, chunk] of wanted.entries()) {
      part = `the column ${JSON.stringify(chunk.path_in_schema.join('.'))}`;
      unpack[`column ${i}`] = await unpackerOf(source, schema, chunk, count, making, fail);
      chunks.set(chunk, { ...chunk, codec: `column ${i}` });
    }
    part = `the values of ${columns
      .slice(0, MAX_NAMED)
      .map((column) => JSON.stringify(column))
      .join(', ')}`;
    const own = group.columns.map((column) => ({
      ...column,
      meta_data: chunks.get(column.meta_data!) ?? column.meta_data!,
    }));
    let found: Record<string, unknown>[] = [];
    await parquetRead({
      file: bufferOf(source, fail),
      // Only this group, because hyparquet reads all groups that it is given.
      metadata: { ...metadata, row_groups: [{ ...group, columns: own }] },
      columns,
      rowStart: 0,
      rowEnd: count,
      rowFormat: 'object',
      utf8: false,
      geoparquet: false,
      compressors: unpack,
      parsers: PARSERS,
      onComplete: (rows) => void (found = rows),
    });
    return found.map((row) => plain(row, 0) as object);
  } catch (error) {
    throw error instanceof HomegrownError ? error : fail(reasonOf(error, part));
  }
}

/** @throws Error if missing or repeated values would take far more memory than the file's size suggests */
function checkCounts(chunks: readonly ColumnChunk[], rows: number): void {
  const values = chunks.reduce((sum, chunk) => sum + Math.max(rows, Number(chunk.num_values)), 0);
  const bytes = chunks.reduce((sum, chunk) => sum + Number(chunk.total_compressed_size), 0);
  if (!(values <= MIN_VALUES || values <= bytes * MAX_COMPRESSION_RATIO))
    throw new Error(`it has ${formatCount(values)} values in ${formatBytes(bytes)}`);
}
/** Maximum number of columns in an error message. */
const MAX_NAMED = 12;
/** Number of values in a row group that any file may have. */
const MIN_VALUES = 1e6;

type Unpack = (input: Uint8Array, length: number) => Uint8Array;

/** Returns a function that unpacks a column's pages in order, and checks them against their already checked headers. */
async function unpackerOf(
  source: ByteSource,
  schema: Schema,
  chunk: ColumnChunk,
  rows: number,
  making: Leaf['making'],
  fail: (reason: string) => Error,
): Promise<Unpack> {
  const path = getTreePath(schema, chunk.path_in_schema);
  const leaf: Leaf = {
    type: chunk.type,
    width: Math.max(8, path.at(-1)!.element.type_length ?? 0),
    maxRepetition: getMaxRepetitionLevel(path),
    maxDefinition: getMaxDefinitionLevel(path),
    values: Number(chunk.num_values),
    making,
  };
  if (leaf.maxRepetition === 0 && leaf.values !== rows)
    throw new Error(`a column has ${leaf.values} of ${rows} values`);
  if (!(leaf.values <= MAX_VALUES * rows)) throw new Error(`a column has ${leaf.values} values in ${rows} rows`);
  const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
  const length = Number(chunk.total_compressed_size);
  if (!(start >= 0 && length >= 0 && start + length <= source.size)) throw new Error('a column lies beyond its end');
  const pages = pagesOf(await readExactly(source, start, length, fail), leaf);
  const codec = chunk.codec;
  const decompress = CODECS[codec];
  if (!decompress) throw new Error(`it has the unsupported compression ${codec}`);
  let next = 0;
  return (input, size) => {
    // hyparquet doesn't unpack uncompressed pages of version 2.
    while (pages[next]?.data_page_header_v2?.is_compressed === false) next++;
    const header = pages[next++];
    if (!header) throw new Error('a column has more pages than it states');
    const page = decompress(input, size);
    checkPage(page, header, leaf);
    return page;
  };
}

const CODECS: Readonly<Record<string, Unpack>> = {
  ...compressors,
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
  UNCOMPRESSED: (input) => input,
};

const bufferOf = (source: ByteSource, fail: (reason: string) => Error) => ({
  byteLength: source.size,
  async slice(start: number, end = source.size): Promise<ArrayBuffer> {
    const bytes = await readExactly(source, start, end - start, fail);
    return bytes.slice().buffer;
  },
});

/** Decodes text as UTF-8, and leaves JSON as text. */
const text = (bytes: Uint8Array | undefined): string | undefined => bytes && utf8.decode(bytes);
const none = (): undefined => undefined;
const PARSERS = { stringFromBytes: text, jsonFromBytes: text, geometryFromBytes: none, geographyFromBytes: none };

/** Converts a value to JSON types. */
function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : dateOf(value);
  if (value instanceof Uint8Array) return textIn(value);
  if (depth > DEEPEST_CELL) return undefined;
  if (Array.isArray(value)) return value.map((each) => plain(each, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each, depth + 1)]));
}

/** ISO 8601 of a date; without the time at midnight. */
const dateOf = (date: Date): string => date.toISOString().replace(/T00:00:00\.000Z$/, '');

/** Decodes bytes; undefined if they aren't UTF-8. */
function textIn(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
/** Maximum number of list values per row, on average. */
const MAX_VALUES = 10_000;
/** Message of a failed check; for a JavaScript error on malformed data, only names the damaged part. */
const reasonOf = (error: unknown, part: string): string =>
  error instanceof TypeError || error instanceof RangeError
    ? `${part} can't be read`
    : error instanceof Error
      ? error.message
      : String(error);
const damaged = (name: string, reason: string): Error =>
  badFile(`${name} is damaged: ${reason}.`, 'Download it again, or save it again.');
const tooLarge = (name: string, what: string): Error =>
  badFile(
    `${name} has ${what} in one row group; the maximum is ${formatCount(MAX_ROWS_PER_GROUP)} rows and ${formatBytes(MAX_ROW_GROUP_BYTES)}.`,
    'Save it with smaller row groups, such as to_parquet(..., row_group_size=10000).',
  );
