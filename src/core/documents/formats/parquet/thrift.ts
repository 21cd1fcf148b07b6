/**
 * Checks Parquet metadata before hyparquet reads it. hyparquet trusts every list length, reads numbers of any length,
 * and allocates hundreds of bytes for a struct of one byte.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

/** @returns end of the struct at `at` @throws Error with the reason */
export function checkThrift(view: DataView, offset: number): number {
  const reader = new StructReader(view, offset);
  reader.readStruct(0);
  return reader.offset;
}

class StructReader {
  private structCount = 0;

  constructor(
    private readonly view: DataView,
    public offset: number,
  ) {}

  readStruct(depth: number): void {
    if (depth > MAX_DEPTH) throw new Error(`its metadata is nested more than ${MAX_DEPTH} levels deep`);
    if (++this.structCount > ALLOWED_STRUCTS && this.structCount > this.view.byteLength / BYTES_PER_STRUCT)
      throw new Error('its metadata has more entries than fit in it');
    for (;;) {
      const header = this.readByte();
      const type = header & 15;
      if (type === STOP) return;
      if (header >> 4 === 0) this.readNumber();
      // The type of a Boolean field is its value.
      if (type !== TRUE && type !== FALSE) this.readValue(type, depth);
    }
  }

  private readValue(type: number, depth: number): void {
    if (type === TRUE || type === FALSE || type === BYTE) this.skip(1);
    else if (INTEGER_TYPES.has(type)) this.readNumber();
    else if (type === DOUBLE) this.skip(8);
    else if (type === BINARY) this.skip(this.readNumber());
    else if (type === STRUCT) this.readStruct(depth + 1);
    else if (type === LIST) {
      const header = this.readByte();
      const length = header >> 4 === 15 ? this.readNumber() : header >> 4;
      if (length > this.remainingBytes) throw new Error('a list in its metadata is longer than the metadata');
      if (depth >= MAX_DEPTH) throw new Error(`its metadata is nested more than ${MAX_DEPTH} levels deep`);
      for (let i = 0; i < length; i++) this.readValue(header & 15, depth + 1);
    } else throw new Error(`its metadata has a value of the unknown type ${type}`);
  }

  /** Reads a varint without zigzag decoding, so the result may be larger than the stated number. */
  private readNumber(): number {
    let [value, scale] = [0, 1];
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.readByte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw new Error(`a number in its metadata has more than ${MAX_VARINT_BYTES} bytes`);
  }

  private readByte(): number {
    if (this.remainingBytes < 1) throw new Error('its metadata is cut off');
    return this.view.getUint8(this.offset++);
  }

  private skip(length: number): void {
    if (length > this.remainingBytes) throw new Error('its metadata is cut off');
    this.offset += length;
  }

  private get remainingBytes(): number {
    return this.view.byteLength - this.offset;
  }
}

const [STOP, TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, STRUCT] = [0, 1, 2, 3, 7, 8, 9, 12];
/** Types of 16-, 32- and 64-bit integers. */
const INTEGER_TYPES: ReadonlySet<number> = new Set([4, 5, 6]);
const MAX_DEPTH = 64;
/** Maximum bytes of a 64-bit varint. */
const MAX_VARINT_BYTES = 10;
/** Number of structs that any metadata may have; beyond them, each needs BYTES_PER_STRUCT bytes on average. */
const ALLOWED_STRUCTS = 100_000;
const BYTES_PER_STRUCT = 4;
