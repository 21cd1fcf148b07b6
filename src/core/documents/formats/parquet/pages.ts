/**
 * Checks the pages of a Parquet column against their headers before hyparquet reads them. hyparquet trusts every count,
 * and a wrong one would exhaust memory. https://parquet.apache.org/docs/file-format/
 */
import { type PageHeader, parquetHeader } from 'hyparquet/src/column.js';
import { checkDeltas, presentIn } from './deltas';
import { checkThrift } from './thrift';

/** A column with values, rather than a group of columns. */
export interface Leaf {
  type: string;
  /** Bytes of a fixed-width value. */
  width: number;
  maxRepetition: number;
  maxDefinition: number;
  /** Number of values in a row group, including missing ones. */
  values: number;
  /** Called with the bytes that decoding adds to the pages. @throws Error if there are too many */
  making(bytes: number): void;
}

/** @param chunk all pages of a column in a row group @throws Error with the reason */
export function pagesOf(chunk: Uint8Array, leaf: Leaf): PageHeader[] {
  const reader = { view: viewOf(chunk), offset: 0 };
  const pages: PageHeader[] = [];
  let values = 0;
  while (reader.offset < chunk.length - 1) {
    checkThrift(reader.view, reader.offset);
    const page = parquetHeader(reader);
    const { compressed_page_size: packed, uncompressed_page_size: size } = page;
    if (!isCount(packed, chunk.length - reader.offset)) throw new Error('a page is longer than its column');
    if (!isCount(size, MAX_PAGE_BYTES)) throw new Error('a page is too large');
    const { data_page_header: first, data_page_header_v2: second, dictionary_page_header: dictionary } = page;
    const kinds = { DATA_PAGE: first, DATA_PAGE_V2: second, DICTIONARY_PAGE: dictionary };
    if (Object.entries(kinds).some(([type, header]) => (type === page.type) !== (header !== undefined)))
      throw new Error(`a page has the unsupported type ${page.type}`);
    const dataHeader = first ?? second;
    const count = dataHeader ? dataHeader.num_values : dictionary?.num_values;
    if (!isCount(count, dataHeader ? leaf.values - values : size))
      throw new Error('a page has more values than its column');
    if (dataHeader && !ENCODINGS.has(dataHeader.encoding))
      throw new Error(`a page has the unsupported encoding ${dataHeader.encoding}`);
    if (dataHeader?.encoding === 'BYTE_STREAM_SPLIT' && count * leaf.width > size)
      throw new Error('a page has more values than bytes');
    if (second) checkSecond(chunk.subarray(reader.offset, reader.offset + packed), second, leaf);
    if (dataHeader) values += count;
    pages.push(page);
    reader.offset += packed;
  }
  if (values !== leaf.values) throw new Error(`a column has ${values} of ${leaf.values} values`);
  return pages;
}

/** Checks a page. @param page unpacked bytes; for version 2 without its levels */
export function checkPage(
  page: Uint8Array,
  { data_page_header: first, data_page_header_v2: second }: PageHeader,
  leaf: Leaf,
): void {
  if (second) checkValues(page, 0, second.num_values, second.encoding, leaf, second.num_values - second.num_nulls);
  if (!first) return;
  let at = leaf.maxRepetition > 0 ? checkRuns(page, 0, first.num_values, bitsOf(leaf.maxRepetition)) : 0;
  let present = first.num_values;
  if (leaf.maxDefinition > 0) {
    const levels = at;
    at = checkRuns(page, levels, first.num_values, bitsOf(leaf.maxDefinition));
    if (isDelta(first.encoding)) present = presentIn(viewOf(page), levels, first.num_values, leaf.maxDefinition);
  }
  checkValues(page, at, first.num_values, first.encoding, leaf, present);
}

type Second = NonNullable<PageHeader['data_page_header_v2']>;
function checkSecond(page: Uint8Array, header: Second, leaf: Leaf): void {
  const { num_values: values, num_nulls: nulls } = header;
  const [repetition, definition] = [header.repetition_levels_byte_length, header.definition_levels_byte_length];
  if (!isCount(nulls, values) || !isCount(repetition, page.length) || !isCount(definition, page.length - repetition))
    throw new Error('a page has levels that are longer than it is');
  if (leaf.maxRepetition > 0) checkRuns(page, 0, values, bitsOf(leaf.maxRepetition), repetition);
  if (leaf.maxDefinition > 0) checkRuns(page, repetition, values, bitsOf(leaf.maxDefinition), definition);
  if (!header.is_compressed)
    checkValues(page.subarray(repetition + definition), 0, values, header.encoding, leaf, values - nulls);
}

/** @param present number of values in the page, without missing ones */
function checkValues(
  page: Uint8Array,
  at: number,
  values: number,
  encoding: string,
  { type, making }: Leaf,
  present: number,
): void {
  if (isDelta(encoding)) making(checkDeltas(viewOf(page), at, present, encoding));
  else if (encoding === 'RLE') checkRuns(page, at, values, 1);
  else if (encoding.endsWith('_DICTIONARY') && at < page.length) {
    if (type === 'BOOLEAN') throw new Error('a Boolean column has a dictionary');
    const width = page[at]!;
    if (width > 32) throw new Error(`a dictionary has indexes of ${width} bits`);
    checkRuns(page, at + 1, values, width, page.length - at - 1);
  }
}

/**
 * Checks runs of equal values, and of values in `width` bits each.
 * @param length bytes of all runs; absent: stated in the four bytes before them
 * @returns end of the runs
 */
function checkRuns(page: Uint8Array, at: number, values: number, width: number, length?: number): number {
  const from = length === undefined ? at + 4 : at;
  const end = from + (length ?? (at + 4 <= page.length ? viewOf(page).getUint32(at, true) : Infinity));
  if (end > page.length) throw new Error('runs of values are longer than their page');
  let [next, seen] = [from, 0];
  while (next < end && seen < values) {
    let [head, scale] = [0, 1];
    for (;;) {
      const byte = page[next++];
      if (byte === undefined || scale > 2 ** 28) throw new Error('a run of values has no valid start');
      head += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) break;
    }
    const count = Math.floor(head / 2);
    const isPacked = head % 2 === 1;
    // Bit-packed values come in groups of eight; the last group may be padded.
    if (isPacked ? 8 * count > values + MAX_FILLED : count > values - seen)
      throw new Error('a run has more values than its page');
    seen += isPacked ? 8 * count : count;
    next += isPacked ? count * width : Math.ceil(width / 8);
    if (next > end && !isPacked) throw new Error('a run of values is cut off');
  }
  if (seen < values && length === undefined) throw new Error('a page has fewer levels than values');
  return end;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const bitsOf = (max: number): number => 32 - Math.clz32(max);
const isCount = (n: unknown, max: number): n is number =>
  Number.isSafeInteger(n) && (n as number) >= 0 && (n as number) <= max;

const isDelta = (encoding: string): boolean => encoding.startsWith('DELTA_');
const ENCODINGS: ReadonlySet<string> = new Set(
  'PLAIN PLAIN_DICTIONARY RLE_DICTIONARY RLE BYTE_STREAM_SPLIT DELTA_BINARY_PACKED DELTA_LENGTH_BYTE_ARRAY DELTA_BYTE_ARRAY'.split(
    ' ',
  ),
);
const MAX_FILLED = 1024;
/** Maximum bytes of a page; writers make pages of a megabyte, or of one larger value. */
const MAX_PAGE_BYTES = 256 * 2 ** 20;
