/** Reads values of a GGUF header, little-endian, one after another. */
import { MAX_TOKENIZER_ENTRIES } from '../../../base/limits';

export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

/** Maximum bytes of a string among the metadata. */
const MAX_TEXT_LENGTH = 1 << 20;
const ARRAY = 9;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Its methods throw a RangeError where the header continues after the given bytes. */
export class HeaderReader {
  /** Byte offset of the next value. */
  offset = 0;
  private readonly view: DataView;

  /** @param fail returns the error of a malformed file */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly fail: (what: string) => Error,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  u64(): number {
    const value = this.view.getBigUint64(this.take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw this.fail(`it has a count of ${value} at byte ${this.offset - 8}`);
    return Number(value);
  }

  /** @param max bytes */
  string(max: number): string {
    const length = this.u64();
    if (length > max)
      throw this.fail(`it has a string of ${length} bytes at byte ${this.offset}; the maximum is ${max}`);
    try {
      return utf8.decode(this.bytes.subarray(this.take(length), this.offset));
    } catch (error) {
      if (error instanceof RangeError) throw error;
      throw this.fail(`its string at byte ${this.offset - length} is not UTF-8`);
    }
  }

  /** Reads a type and its value. */
  value(): GgufValue {
    const type = this.u32();
    if (type !== ARRAY) return this.scalar(type);
    const [elementType, length] = [this.u32(), this.u64()];
    if (elementType === ARRAY) throw this.fail(`it has a nested array at byte ${this.offset}, which is not supported`);
    if (length > MAX_TOKENIZER_ENTRIES)
      throw this.fail(
        `it has an array of ${length} values at byte ${this.offset}; the maximum is ${MAX_TOKENIZER_ENTRIES}`,
      );
    return Array.from({ length }, () => this.scalar(elementType));
  }

  private scalar(type: number): GgufValue {
    const { view } = this;
    switch (type) {
      case 0:
        return view.getUint8(this.take(1));
      case 1:
        return view.getInt8(this.take(1));
      case 2:
        return view.getUint16(this.take(2), true);
      case 3:
        return view.getInt16(this.take(2), true);
      case 4:
        return this.u32();
      case 5:
        return view.getInt32(this.take(4), true);
      case 6:
        return view.getFloat32(this.take(4), true);
      case 7:
        return view.getUint8(this.take(1)) !== 0;
      case 8:
        return this.string(MAX_TEXT_LENGTH);
      case 10:
        return view.getBigUint64(this.take(8), true);
      case 11:
        return view.getBigInt64(this.take(8), true);
      case 12:
        return view.getFloat64(this.take(8), true);
      default:
        throw this.fail(`it has a value of the unknown type ${type} at byte ${this.offset}`);
    }
  }

  /** Skips bytes, and returns their offset. */
  private take(size: number): number {
    if (size > this.bytes.length - this.offset) throw new RangeError('more');
    this.offset += size;
    return this.offset - size;
  }
}
