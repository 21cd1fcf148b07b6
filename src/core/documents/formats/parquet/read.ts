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
import { checkPage, type Leaf, readPageHeaders } from './pages';
import { checkThrift } from './thrift';
import { readAllBytes } from '../../readAll';
import type { OpenFile, TableFormat } from '../format';

export const rows: TableFormat['rows'] = async function* (file) {
  const source = file.places ?? bytesSource(await readAllBytes(file, MAX_PACKED_BYTES));
  if (source.size === 0) return;
  const metadata = await readMetadata(source, file.name);
  const schema = parquetSchema(metadata);
  const { columns, skippedColumns } = textColumns(schema);
  if (skippedColumns.length > 0) file.note(`Skipped columns of bytes: ${skippedColumns.join(', ')}`);
  let [firstRow, characters] = [0, 0];
  for (const group of metadata.row_groups) {
    const rowCount = Number(group.num_rows);
    const groupRows = await readRowGroup(file, source, { metadata, schema, columns }, { group, firstRow, rowCount });
    for (const [index, row] of groupRows.entries()) {
      const cells = cellsOf(row);
      for (const { length } of cells.values()) characters += length;
      if (characters > 1e6 && characters > source.size * MAX_COMPRESSION_RATIO)
        throw badFile(
          `${file.name} expands from ${formatBytes(source.size)} to more than ${formatCount(characters)} characters, which text never does.`,
          'Save it as CSV, and add that file.',
        );
      yield { line: firstRow + index + 1, cells, value: row };
    }
    firstRow += rowCount;
  }
};

/** Reads and checks the metadata at the file's end. */
async function readMetadata(source: ByteSource, name: string): Promise<Metadata> {
  const fail = (reason: string): Error => damaged(name, reason);
  const trailer = await readExactly(source, Math.max(0, source.size - 8), Math.min(8, source.size), fail);
  if (trailer.length < 8 || latin1(trailer.subarray(4)) !== 'PAR1')
    throw badFile(
      `${name} is not a complete Parquet file: it doesn't end with "PAR1".`,
      'Download it again, or save it again.',
    );
  const length = new DataView(trailer.buffer, trailer.byteOffset).getUint32(0, true) + 8;
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
  let totalRows = 0;
  for (const { num_rows: rows } of metadata.row_groups) {
    if (rows < 0n || rows > BigInt(MAX_ROWS_PER_GROUP)) throw tooLarge(name, `${formatCount(Number(rows))} rows`);
    totalRows += Number(rows);
  }
  if (totalRows > MAX_TABLE_ROWS)
    throw badFile(
      `${name} has ${formatCount(totalRows)} rows; the maximum is ${formatCount(MAX_TABLE_ROWS)}.`,
      'Split it into several tables.',
    );
  return metadata;
}

/** Names of columns that can be text, and of binary ones, such as images. */
function textColumns(schema: Schema): { columns: string[]; skippedColumns: string[] } {
  const [columns, skippedColumns]: [string[], string[]] = [[], []];
  for (const column of schema.children) (isBinary(column) ? skippedColumns : columns).push(column.element.name);
  return { columns, skippedColumns };
}

/** Older programs don't mark text as such, so an unmarked column is binary only if nested or of fixed length. */
function isBinary({ element, children }: Schema, isNested = false): boolean {
  if (children.length > 0) return children.some((child) => isBinary(child, true));
  const isMarked = element.converted_type !== undefined || element.logical_type !== undefined;
  return !isMarked && (element.type === 'FIXED_LEN_BYTE_ARRAY' || (element.type === 'BYTE_ARRAY' && isNested));
}

/** Metadata for all row groups. */
interface TableSchema {
  metadata: Metadata;
  schema: Schema;
  /** Names of the columns to read. */
  columns: string[];
}

interface RowRange {
  group: RowGroup;
  firstRow: number;
  rowCount: number;
}

async function readRowGroup(
  { name }: OpenFile,
  source: ByteSource,
  { metadata, schema, columns }: TableSchema,
  { group, firstRow, rowCount }: RowRange,
): Promise<object[]> {
  const rowNumbers = `rows ${formatCount(firstRow + 1)} to ${formatCount(firstRow + rowCount)}`;
  const fail = (reason: string): Error => damaged(name, `${rowNumbers}: ${reason}`);
  if (rowCount === 0 || columns.length === 0) return [];
  let damagedPart = 'the metadata of the row group';
  try {
    const chunksToRead = group.columns.flatMap(({ file_path, meta_data: chunk }) => {
      if (file_path || !chunk) throw new Error('a column is in another file');
      return columns.includes(chunk.path_in_schema[0]!) ? [chunk] : [];
    });
    const size = chunksToRead.reduce((sum, chunk) => sum + Number(chunk.total_uncompressed_size), 0);
    if (!(size <= MAX_ROW_GROUP_BYTES)) throw tooLarge(name, formatBytes(size));
    checkCounts(chunksToRead, rowCount);
    let addedBytes = 0;
    const onDecode = (bytes: number): void => {
      addedBytes += bytes;
      if (size + addedBytes > MAX_ROW_GROUP_BYTES)
        throw tooLarge(name, `more than ${formatBytes(MAX_ROW_GROUP_BYTES)}`);
    };
    const unpackers: Record<string, Unpack> = {};
    const chunks = new Map<ColumnChunk, ColumnChunk>();
    for (const [i, chunk] of chunksToRead.entries()) {
      damagedPart = `the column ${JSON.stringify(chunk.path_in_schema.join('.'))}`;
      unpackers[`column ${i}`] = await createUnpacker(source, schema, chunk, rowCount, onDecode, fail);
      chunks.set(chunk, { ...chunk, codec: `column ${i}` });
    }
    damagedPart = `the values of ${columns
      .slice(0, MAX_LISTED)
      .map((column) => JSON.stringify(column))
      .join(', ')}`;
    const groupColumns = group.columns.map((column) => ({
      ...column,
      meta_data: chunks.get(column.meta_data!) ?? column.meta_data!,
    }));
    let objects: Record<string, unknown>[] = [];
    await parquetRead({
      file: asyncBuffer(source, fail),
      // Only this group, because hyparquet reads all groups that it is given.
      metadata: { ...metadata, row_groups: [{ ...group, columns: groupColumns }] },
      columns,
      rowStart: 0,
      rowEnd: rowCount,
      rowFormat: 'object',
      utf8: false,
      geoparquet: false,
      compressors: unpackers,
      parsers: PARSERS,
      onComplete: (rows) => void (objects = rows),
    });
    return objects.map((row) => toJson(row, 0) as object);
  } catch (error) {
    throw error instanceof HomegrownError ? error : fail(reasonOf(error, damagedPart));
  }
}

/** @throws Error if missing or repeated values would take far more memory than the file's size suggests */
function checkCounts(chunks: readonly ColumnChunk[], rows: number): void {
  const values = chunks.reduce((sum, chunk) => sum + Math.max(rows, Number(chunk.num_values)), 0);
  const bytes = chunks.reduce((sum, chunk) => sum + Number(chunk.total_compressed_size), 0);
  if (!(values <= ALLOWED_VALUES || values <= bytes * MAX_COMPRESSION_RATIO))
    throw new Error(`it has ${formatCount(values)} values in ${formatBytes(bytes)}`);
}
/** Maximum number of columns in an error message. */
const MAX_LISTED = 12;
/** Number of values in a row group that any file may have. */
const ALLOWED_VALUES = 1e6;

type Unpack = (input: Uint8Array, length: number) => Uint8Array;

/** Returns a function that unpacks a column's pages in order, and checks them against their already checked headers. */
async function createUnpacker(
  source: ByteSource,
  schema: Schema,
  chunk: ColumnChunk,
  rowCount: number,
  onDecode: Leaf['onDecode'],
  fail: (reason: string) => Error,
): Promise<Unpack> {
  const path = getTreePath(schema, chunk.path_in_schema);
  const leaf: Leaf = {
    type: chunk.type,
    width: Math.max(8, path.at(-1)!.element.type_length ?? 0),
    maxRepetition: getMaxRepetitionLevel(path),
    maxDefinition: getMaxDefinitionLevel(path),
    values: Number(chunk.num_values),
    onDecode,
  };
  if (leaf.maxRepetition === 0 && leaf.values !== rowCount)
    throw new Error(`a column has ${leaf.values} of ${rowCount} values`);
  if (!(leaf.values <= MAX_VALUES_PER_ROW * rowCount))
    throw new Error(`a column has ${leaf.values} values in ${rowCount} rows`);
  const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
  const length = Number(chunk.total_compressed_size);
  if (!(start >= 0 && length >= 0 && start + length <= source.size)) throw new Error('a column lies beyond its end');
  const pages = readPageHeaders(await readExactly(source, start, length, fail), leaf);
  const codec = chunk.codec;
  const decompress = CODECS[codec];
  if (!decompress) throw new Error(`it has the unsupported compression ${codec}`);
  let nextPage = 0;
  return (input, size) => {
    // hyparquet doesn't unpack uncompressed pages of version 2.
    while (pages[nextPage]?.data_page_header_v2?.is_compressed === false) nextPage++;
    const header = pages[nextPage++];
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

const asyncBuffer = (source: ByteSource, fail: (reason: string) => Error) => ({
  byteLength: source.size,
  async slice(start: number, end = source.size): Promise<ArrayBuffer> {
    const bytes = await readExactly(source, start, end - start, fail);
    return bytes.slice().buffer;
  },
});

/** Decodes text as UTF-8, and leaves JSON as text. */
const decodeText = (bytes: Uint8Array | undefined): string | undefined => bytes && utf8.decode(bytes);
const ignored = (): undefined => undefined;
const PARSERS = {
  stringFromBytes: decodeText,
  jsonFromBytes: decodeText,
  geometryFromBytes: ignored,
  geographyFromBytes: ignored,
};

/** Converts a value to JSON types. */
function toJson(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : toIsoDate(value);
  if (value instanceof Uint8Array) return decodeIfUtf8(value);
  if (depth > DEEPEST_CELL) return undefined;
  if (Array.isArray(value)) return value.map((item) => toJson(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toJson(item, depth + 1)]));
}

/** ISO 8601 of a date; without the time at midnight. */
const toIsoDate = (date: Date): string => date.toISOString().replace(/T00:00:00\.000Z$/, '');

/** Decodes bytes; undefined if they aren't UTF-8. */
function decodeIfUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
/** Maximum number of list values per row, on average. */
const MAX_VALUES_PER_ROW = 10_000;
/** Message of a failed check; for a JavaScript error on malformed data, only names the damaged part. */
const reasonOf = (error: unknown, damagedPart: string): string =>
  error instanceof TypeError || error instanceof RangeError
    ? `${damagedPart} can't be read`
    : error instanceof Error
      ? error.message
      : String(error);
const damaged = (name: string, reason: string): Error =>
  badFile(`${name} is damaged: ${reason}.`, 'Download it again, or save it again.');
const tooLarge = (name: string, content: string): Error =>
  badFile(
    `${name} has ${content} in one row group; the maximum is ${formatCount(MAX_ROWS_PER_GROUP)} rows and ${formatBytes(MAX_ROW_GROUP_BYTES)}.`,
    'Save it with smaller row groups, such as to_parquet(..., row_group_size=10000).',
  );
