/**
 * Checks delta-encoded values of a Parquet page before hyparquet decodes them. Texts encoded by the prefix shared with
 * the previous text can expand to the square of the page's size.
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { readVarInt } from 'hyparquet/src/thrift.js';

interface Reader {
  view: DataView;
  offset: number;
}

/**
 * Checks the encoded values.
 * @param count values without missing ones
 * @returns bytes that decoding adds to the page
 * @throws Error with the reason
 */
export function checkDeltas(page: DataView, offset: number, count: number, encoding: string): number {
  const reader = { view: page, offset };
  if (encoding === 'DELTA_BINARY_PACKED') {
    checkHeader(reader, count);
    return 0;
  }
  const prefixLengths = encoding === 'DELTA_BYTE_ARRAY' ? readLengths(reader, count) : new Int32Array(count);
  const suffixLengths = readLengths(reader, count);
  let [addedBytes, remainingBytes, previousLength] = [0, page.byteLength - reader.offset, 0];
  for (const [i, length] of suffixLengths.entries()) {
    const prefixLength = prefixLengths[i]!;
    remainingBytes -= length;
    if (length < 0 || remainingBytes < 0) throw new Error('texts are longer than their page');
    if (prefixLength < 0 || prefixLength > previousLength)
      throw new Error('a text shares more with the previous one than that has');
    previousLength = prefixLength + length;
    if (prefixLength > 0) addedBytes += previousLength;
    if (addedBytes > MAX_DECODED_BYTES) throw new Error('a page expands too much');
  }
  return addedBytes;
}

/** @param maxLevel level of present values @returns number of present values */
export function countPresent(page: DataView, offset: number, valueCount: number, maxLevel: number): number {
  const levels = new Uint16Array(valueCount);
  readRleBitPackedHybrid({ view: page, offset }, 32 - Math.clz32(maxLevel), levels);
  let present = 0;
  for (const level of levels) if (level === maxLevel) present++;
  return present;
}

function readLengths(reader: Reader, count: number): Int32Array {
  checkHeader(reader, count);
  const lengths = new Int32Array(count);
  deltaBinaryUnpack(reader, count, lengths);
  return lengths;
}

/** Checks the header of delta-encoded values, which come in blocks of parts with their own bit widths. */
function checkHeader({ view, offset }: Reader, count: number): void {
  const reader = { view, offset };
  const [blockSize, partCount, statedCount] = [readVarInt(reader), readVarInt(reader), readVarInt(reader)];
  if (statedCount !== count) throw new Error(`a page has ${statedCount} of ${count} values`);
  if (!(blockSize > 0 && blockSize <= MAX_BLOCK_VALUES && partCount > 0 && blockSize % partCount === 0))
    throw new Error(`values come in blocks of ${blockSize} in ${partCount} parts`);
}

/** Maximum number of values in a block; writers use 128. */
const MAX_BLOCK_VALUES = 2 ** 16;
/** Maximum bytes that decoding may add to a page. */
const MAX_DECODED_BYTES = 256 * 2 ** 20;
