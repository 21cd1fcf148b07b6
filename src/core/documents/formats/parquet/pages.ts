/**
 * Checks the pages of a Parquet column against their headers before hyparquet reads them. hyparquet trusts every count,
 * and a wrong one would exhaust memory. https://parquet.apache.org/docs/file-format/
 */
import { type PageHeader, parquetHeader } from 'hyparquet/src/column.js';
import { checkDeltas, countPresent } from './deltas';
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
  onDecode(bytes: number): void;
}

/** @param chunk all pages of a column in a row group @throws Error with the reason */
export function readPageHeaders(chunk: Uint8Array, leaf: Leaf): PageHeader[] {
  const reader = { view: viewOf(chunk), offset: 0 };
  const pages: PageHeader[] = [];
  let values = 0;
  while (reader.offset < chunk.length - 1) {
    checkThrift(reader.view, reader.offset);
    const page = parquetHeader(reader);
    const { compressed_page_size: packed, uncompressed_page_size: size } = page;
    if (!isCount(packed, chunk.length - reader.offset)) throw new Error('a page is longer than its column');
    if (!isCount(size, MAX_PAGE_BYTES)) throw new Error('a page is too large');
    const {
      data_page_header: headerV1,
      data_page_header_v2: headerV2,
      dictionary_page_header: dictionaryHeader,
    } = page;
    const headersByType = { DATA_PAGE: headerV1, DATA_PAGE_V2: headerV2, DICTIONARY_PAGE: dictionaryHeader };
    if (Object.entries(headersByType).some(([type, header]) => (type === page.type) !== (header !== undefined)))
      throw new Error(`a page has the unsupported type ${page.type}`);
    const dataHeader = headerV1 ?? headerV2;
    const count = dataHeader ? dataHeader.num_values : dictionaryHeader?.num_values;
    if (!isCount(count, dataHeader ? leaf.values - values : size))
      throw new Error('a page has more values than its column');
    if (dataHeader && !ENCODINGS.has(dataHeader.encoding))
      throw new Error(`a page has the unsupported encoding ${dataHeader.encoding}`);
    if (dataHeader?.encoding === 'BYTE_STREAM_SPLIT' && count * leaf.width > size)
      throw new Error('a page has more values than bytes');
    if (headerV2) checkPageV2(chunk.subarray(reader.offset, reader.offset + packed), headerV2, leaf);
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
  { data_page_header: headerV1, data_page_header_v2: headerV2 }: PageHeader,
  leaf: Leaf,
): void {
  if (headerV2)
    checkValues(page, 0, headerV2.num_values, headerV2.encoding, leaf, headerV2.num_values - headerV2.num_nulls);
  if (!headerV1) return;
  let offset = leaf.maxRepetition > 0 ? checkRuns(page, 0, headerV1.num_values, bitWidth(leaf.maxRepetition)) : 0;
  let present = headerV1.num_values;
  if (leaf.maxDefinition > 0) {
    const levelsOffset = offset;
    offset = checkRuns(page, levelsOffset, headerV1.num_values, bitWidth(leaf.maxDefinition));
    if (isDelta(headerV1.encoding))
      present = countPresent(viewOf(page), levelsOffset, headerV1.num_values, leaf.maxDefinition);
  }
  checkValues(page, offset, headerV1.num_values, headerV1.encoding, leaf, present);
}

type HeaderV2 = NonNullable<PageHeader['data_page_header_v2']>;
function checkPageV2(page: Uint8Array, header: HeaderV2, leaf: Leaf): void {
  const { num_values: valueCount, num_nulls: nullCount } = header;
  const [repetitionBytes, definitionBytes] = [
    header.repetition_levels_byte_length,
    header.definition_levels_byte_length,
  ];
  if (
    !isCount(nullCount, valueCount) ||
    !isCount(repetitionBytes, page.length) ||
    !isCount(definitionBytes, page.length - repetitionBytes)
  )
    throw new Error('a page has levels that are longer than it is');
  if (leaf.maxRepetition > 0) checkRuns(page, 0, valueCount, bitWidth(leaf.maxRepetition), repetitionBytes);
  if (leaf.maxDefinition > 0)
    checkRuns(page, repetitionBytes, valueCount, bitWidth(leaf.maxDefinition), definitionBytes);
  if (!header.is_compressed)
    checkValues(
      page.subarray(repetitionBytes + definitionBytes),
      0,
      valueCount,
      header.encoding,
      leaf,
      valueCount - nullCount,
    );
}

/** @param presentCount number of values in the page, without missing ones */
function checkValues(
  page: Uint8Array,
  offset: number,
  valueCount: number,
  encoding: string,
  { type, onDecode }: Leaf,
  presentCount: number,
): void {
  if (isDelta(encoding)) onDecode(checkDeltas(viewOf(page), offset, presentCount, encoding));
  else if (encoding === 'RLE') checkRuns(page, offset, valueCount, 1);
  else if (encoding.endsWith('_DICTIONARY') && offset < page.length) {
    if (type === 'BOOLEAN') throw new Error('a Boolean column has a dictionary');
    const width = page[offset]!;
    if (width > 32) throw new Error(`a dictionary has indexes of ${width} bits`);
    checkRuns(page, offset + 1, valueCount, width, page.length - offset - 1);
  }
}

/**
 * Checks runs of equal values, and of values in `width` bits each.
 * @param length bytes of all runs; absent: stated in the four bytes before them
 * @returns end of the runs
 */
function checkRuns(page: Uint8Array, offset: number, valueCount: number, width: number, length?: number): number {
  const start = length === undefined ? offset + 4 : offset;
  const end = start + (length ?? (offset + 4 <= page.length ? viewOf(page).getUint32(offset, true) : Infinity));
  if (end > page.length) throw new Error('runs of values are longer than their page');
  let [position, valuesSeen] = [start, 0];
  while (position < end && valuesSeen < valueCount) {
    let [header, scale] = [0, 1];
    for (;;) {
      const byte = page[position++];
      if (byte === undefined || scale > 2 ** 28) throw new Error('a run of values has no valid start');
      header += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) break;
    }
    const count = Math.floor(header / 2);
    const isPacked = header % 2 === 1;
    // Bit-packed values come in groups of eight; the last group may be padded.
    if (isPacked ? 8 * count > valueCount + MAX_PADDING : count > valueCount - valuesSeen)
      throw new Error('a run has more values than its page');
    valuesSeen += isPacked ? 8 * count : count;
    position += isPacked ? count * width : Math.ceil(width / 8);
    if (position > end && !isPacked) throw new Error('a run of values is cut off');
  }
  if (valuesSeen < valueCount && length === undefined) throw new Error('a page has fewer levels than values');
  return end;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const bitWidth = (max: number): number => 32 - Math.clz32(max);
const isCount = (n: unknown, max: number): n is number =>
  Number.isSafeInteger(n) && (n as number) >= 0 && (n as number) <= max;

const isDelta = (encoding: string): boolean => encoding.startsWith('DELTA_');
const ENCODINGS: ReadonlySet<string> = new Set(
  'PLAIN PLAIN_DICTIONARY RLE_DICTIONARY RLE BYTE_STREAM_SPLIT DELTA_BINARY_PACKED DELTA_LENGTH_BYTE_ARRAY DELTA_BYTE_ARRAY'.split(
    ' ',
  ),
);
const MAX_PADDING = 1024;
/** Maximum bytes of a page; writers make pages of a megabyte, or of one larger value. */
const MAX_PAGE_BYTES = 256 * 2 ** 20;
