/**
 * Checks Parquet metadata before hyparquet reads it. hyparquet trusts every list length, reads numbers of any length,
 * and allocates hundreds of bytes for a struct of one byte.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

/** @returns end of the struct at `at` @throws Error with the reason */
export function checkThrift(view: DataView, at: number): number {
  const walk = new Walk(view, at);
  walk.struct(0);
  return walk.at;
}

class Walk {
  private structs = 0;

  constructor(
    private readonly view: DataView,
    public at: number,
  ) {}

  struct(depth: number): void {
    if (depth > MAX_DEPTH) throw new Error(`its metadata is nested more than ${MAX_DEPTH} levels deep`);
    if (++this.structs > MIN_STRUCTS && this.structs > this.view.byteLength / BYTES_PER_STRUCT)
      throw new Error('its metadata has more entries than fit in it');
    for (;;) {
      const head = this.byte();
      const type = head & 15;
      if (type === STOP) return;
      if (head >> 4 === 0) this.number();
      // The type of a Boolean field is its value.
      if (type !== TRUE && type !== FALSE) this.value(type, depth);
    }
  }

  private value(type: number, depth: number): void {
    if (type === TRUE || type === FALSE || type === BYTE) this.skip(1);
    else if (NUMBERS.has(type)) this.number();
    else if (type === DOUBLE) this.skip(8);
    else if (type === BINARY) this.skip(this.number());
    else if (type === STRUCT) this.struct(depth + 1);
    else if (type === LIST) {
      const head = this.byte();
      const length = head >> 4 === 15 ? this.number() : head >> 4;
      if (length > this.left) throw new Error('a list in its metadata is longer than the metadata');
      if (depth >= MAX_DEPTH) throw new Error(`its metadata is nested more than ${MAX_DEPTH} levels deep`);
      for (let i = 0; i < length; i++) this.value(head & 15, depth + 1);
    } else throw new Error(`its metadata has a value of the unknown type ${type}`);
  }

  /** Reads a varint without zigzag decoding, so the result may be larger than the stated number. */
  private number(): number {
    let [value, scale] = [0, 1];
    for (let i = 0; i < MAX_NUMBER; i++) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw new Error(`a number in its metadata has more than ${MAX_NUMBER} bytes`);
  }

  private byte(): number {
    if (this.left < 1) throw new Error('its metadata is cut off');
    return this.view.getUint8(this.at++);
  }

  private skip(length: number): void {
    if (length > this.left) throw new Error('its metadata is cut off');
    this.at += length;
  }

  private get left(): number {
    return this.view.byteLength - this.at;
  }
}

const [STOP, TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, STRUCT] = [0, 1, 2, 3, 7, 8, 9, 12];
/** Types of 16-, 32- and 64-bit integers. */
const NUMBERS: ReadonlySet<number> = new Set([4, 5, 6]);
const MAX_DEPTH = 64;
/** Maximum bytes of a 64-bit varint. */
const MAX_NUMBER = 10;
/** Number of structs that any metadata may have; beyond them, each needs BYTES_PER_STRUCT bytes on average. */
const MIN_STRUCTS = 100_000;
const BYTES_PER_STRUCT = 4;
