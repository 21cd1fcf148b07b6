/**
 * GGUF, version 3: magic, counts, keys with typed values, a line for each tensor; then the tensors' bytes, each at a
 * multiple of 32. All numbers are little-endian. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
export interface GgufHeader {
  keys: Readonly<Record<string, GgufValue>>;
  tensors: readonly TensorInfo[];
}
export interface TensorInfo {
  name: string;
  /** Row-major shape; the file has the reverse order. */
  shape: readonly number[];
  /** ggml's number of the type. */
  type: number;
  /** Offset in bytes from the end of the header. */
  offset: number;
}

/** A value with its type. */
export interface GgufValue {
  type: number;
  write(writer: Writer): void;
}
export const u32 = (value: number): GgufValue => ({ type: 4, write: (writer) => writer.u32(value) });
export const f32 = (value: number): GgufValue => ({ type: 6, write: (writer) => writer.f32(value) });
export const bool = (value: boolean): GgufValue => ({ type: 7, write: (writer) => writer.u8(Number(value)) });
export const string = (value: string): GgufValue => ({ type: 8, write: (writer) => writer.string(value) });
export const strings = (values: readonly string[]): GgufValue =>
  list(8, values, (writer, value) => writer.string(value));
export const i32s = (values: readonly number[]): GgufValue => list(5, values, (writer, value) => writer.u32(value));

const list = <T>(type: number, values: readonly T[], write: (writer: Writer, value: T) => void): GgufValue => ({
  type: 9,
  write(writer) {
    writer.u32(type);
    writer.u64(values.length);
    for (const value of values) write(writer, value);
  },
});

/** Returns the header's bytes, padded to where the tensors begin. */
export function writeHeader({ keys, tensors }: GgufHeader): Uint8Array {
  const writer = new Writer();
  writer.u32(MAGIC);
  writer.u32(3);
  writer.u64(tensors.length);
  writer.u64(Object.keys(keys).length);
  for (const [key, value] of Object.entries(keys)) {
    writer.string(key);
    writer.u32(value.type);
    value.write(writer);
  }
  for (const { name, shape, type, offset } of tensors) {
    writer.string(name);
    writer.u32(shape.length);
    for (const size of shape.toReversed()) writer.u64(size);
    writer.u32(type);
    writer.u64(offset);
  }
  return writer.aligned();
}

export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** `GGUF` */
const MAGIC = 0x4655_4747;
/** Default of `general.alignment`, in bytes. */
const ALIGNMENT = 32;

/** Growing byte buffer. */
class Writer {
  private bytes = new Uint8Array(1 << 16);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  u8(value: number): void {
    const offset = this.reserve(1);
    this.view.setUint8(offset, value);
  }
  u32(value: number): void {
    const offset = this.reserve(4);
    this.view.setUint32(offset, value, true);
  }
  u64(value: number): void {
    const offset = this.reserve(8);
    this.view.setBigUint64(offset, BigInt(value), true);
  }
  f32(value: number): void {
    const offset = this.reserve(4);
    this.view.setFloat32(offset, value, true);
  }
  string(value: string): void {
    const utf8 = encoder.encode(value);
    this.u64(utf8.length);
    const offset = this.reserve(utf8.length);
    this.bytes.set(utf8, offset);
  }
  /** Everything written, padded with zeros. */
  aligned(): Uint8Array {
    this.reserve(aligned(this.length) - this.length);
    return this.bytes.subarray(0, this.length);
  }

  /** Reserves `count` bytes and returns their offset. Call it before reading `view`, which it may replace. */
  private reserve(count: number): number {
    const offset = this.length;
    this.length += count;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return offset;
  }
}
const encoder = new TextEncoder();
