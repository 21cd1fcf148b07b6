/** Reads the typed values of a GGUF header, little-endian. */
import { MAX_TOKENIZER_ENTRIES } from '../../../base/limits';

export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

/** Every read throws RangeError where the value continues after the given bytes. */
export class HeaderReader {
  /** Offset of the next byte to read. */
  position = 0;
  readonly length: number;
  readonly fail: (reason: string, remedy?: string) => Error;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  /** @param fail makes the error for an invalid header */
  constructor(bytes: Uint8Array, fail: (reason: string, remedy?: string) => Error) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.length = bytes.length;
    this.fail = fail;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  u64(): number {
    const value = this.view.getBigUint64(this.take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw this.fail(`it has a count of ${value} at byte ${this.position - 8}`);
    return Number(value);
  }

  /** @param max length in bytes */
  string(max: number): string {
    const length = this.u64();
    if (length > max)
      throw this.fail(`it has a string of ${length} bytes at byte ${this.position}; the maximum is ${max}`);
    const start = this.take(length);
    try {
      return utf8.decode(this.bytes.subarray(start, this.position));
    } catch (error) {
      if (error instanceof RangeError) throw error;
      throw this.fail(`its string at byte ${this.position - length} is not UTF-8`);
    }
  }

  /** A value with its type before it. */
  value(): GgufValue {
    const type = this.u32();
    if (type !== 9) return this.scalar(type);
    const [elementType, length] = [this.u32(), this.u64()];
    if (elementType === 9) throw this.fail(`it has a nested array at byte ${this.position}, which is not supported`);
    if (length > MAX_TOKENIZER_ENTRIES)
      throw this.fail(
        `it has an array of ${length} values at byte ${this.position}; the maximum is ${MAX_TOKENIZER_ENTRIES}`,
      );
    return Array.from({ length }, () => this.scalar(elementType));
  }

  private scalar(type: number): GgufValue {
    switch (type) {
      case 0:
        return this.view.getUint8(this.take(1));
      case 1:
        return this.view.getInt8(this.take(1));
      case 2:
        return this.view.getUint16(this.take(2), true);
      case 3:
        return this.view.getInt16(this.take(2), true);
      case 4:
        return this.u32();
      case 5:
        return this.view.getInt32(this.take(4), true);
      case 6:
        return this.view.getFloat32(this.take(4), true);
      case 7:
        return this.view.getUint8(this.take(1)) !== 0;
      case 8:
        return this.string(MAX_TEXT_LENGTH);
      case 10:
        return this.view.getBigUint64(this.take(8), true);
      case 11:
        return this.view.getBigInt64(this.take(8), true);
      case 12:
        return this.view.getFloat64(this.take(8), true);
      default:
        throw this.fail(`it has a value of the unknown type ${type} at byte ${this.position}`);
    }
  }

  /** Moves past `size` bytes and returns their offset. */
  private take(size: number): number {
    if (size > this.length - this.position) throw new RangeError('more');
    this.position += size;
    return this.position - size;
  }
}
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const MAX_TEXT_LENGTH = 1 << 20;
