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
export function checkDeltas(page: DataView, at: number, count: number, encoding: string): number {
  const reader = { view: page, offset: at };
  if (encoding === 'DELTA_BINARY_PACKED') {
    checkHead(reader, count);
    return 0;
  }
  const shared = encoding === 'DELTA_BYTE_ARRAY' ? lengthsIn(reader, count) : new Int32Array(count);
  const own = lengthsIn(reader, count);
  let [made, left, before] = [0, page.byteLength - reader.offset, 0];
  for (const [i, length] of own.entries()) {
    const common = shared[i]!;
    left -= length;
    if (length < 0 || left < 0) throw new Error('texts are longer than their page');
    if (common < 0 || common > before) throw new Error('a text shares more with the previous one than that has');
    before = common + length;
    if (common > 0) made += before;
    if (made > MAX_DECODED_BYTES) throw new Error('a page expands too much');
  }
  return made;
}

/** @param max level of present values @returns number of present values */
export function presentIn(page: DataView, at: number, values: number, max: number): number {
  const levels = new Uint16Array(values);
  readRleBitPackedHybrid({ view: page, offset: at }, 32 - Math.clz32(max), levels);
  let present = 0;
  for (const level of levels) if (level === max) present++;
  return present;
}

function lengthsIn(reader: Reader, count: number): Int32Array {
  checkHead(reader, count);
  const lengths = new Int32Array(count);
  deltaBinaryUnpack(reader, count, lengths);
  return lengths;
}

/** Checks the header of delta-encoded values, which come in blocks of parts with their own bit widths. */
function checkHead({ view, offset }: Reader, count: number): void {
  const reader = { view, offset };
  const [block, parts, stated] = [readVarInt(reader), readVarInt(reader), readVarInt(reader)];
  if (stated !== count) throw new Error(`a page has ${stated} of ${count} values`);
  if (!(block > 0 && block <= MAX_BLOCK_VALUES && parts > 0 && block % parts === 0))
    throw new Error(`values come in blocks of ${block} in ${parts} parts`);
}

/** Maximum number of values in a block; writers use 128. */
const MAX_BLOCK_VALUES = 2 ** 16;
/** Maximum bytes that decoding may add to a page. */
const MAX_DECODED_BYTES = 256 * 2 ** 20;
