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
  write(into: Writer): void;
}
export const u32 = (value: number): GgufValue => ({ type: 4, write: (into) => into.u32(value) });
export const f32 = (value: number): GgufValue => ({ type: 6, write: (into) => into.f32(value) });
export const bool = (value: boolean): GgufValue => ({ type: 7, write: (into) => into.u8(Number(value)) });
export const string = (value: string): GgufValue => ({ type: 8, write: (into) => into.string(value) });
export const strings = (values: readonly string[]): GgufValue => list(8, values, (into, value) => into.string(value));
export const i32s = (values: readonly number[]): GgufValue => list(5, values, (into, value) => into.u32(value));

const list = <T>(type: number, values: readonly T[], write: (into: Writer, value: T) => void): GgufValue => ({
  type: 9,
  write(into) {
    into.u32(type);
    into.u64(values.length);
    for (const value of values) write(into, value);
  },
});

/** Returns the header's bytes, padded to where the tensors begin. */
export function writeHeader({ keys, tensors }: GgufHeader): Uint8Array {
  const into = new Writer();
  into.u32(MAGIC);
  into.u32(3);
  into.u64(tensors.length);
  into.u64(Object.keys(keys).length);
  for (const [key, value] of Object.entries(keys)) {
    into.string(key);
    into.u32(value.type);
    value.write(into);
  }
  for (const { name, shape, type, offset } of tensors) {
    into.string(name);
    into.u32(shape.length);
    for (const size of shape.toReversed()) into.u64(size);
    into.u32(type);
    into.u64(offset);
  }
  return into.aligned();
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
    const at = this.room(1);
    this.view.setUint8(at, value);
  }
  u32(value: number): void {
    const at = this.room(4);
    this.view.setUint32(at, value, true);
  }
  u64(value: number): void {
    const at = this.room(8);
    this.view.setBigUint64(at, BigInt(value), true);
  }
  f32(value: number): void {
    const at = this.room(4);
    this.view.setFloat32(at, value, true);
  }
  string(value: string): void {
    const utf8 = encoder.encode(value);
    this.u64(utf8.length);
    const at = this.room(utf8.length);
    this.bytes.set(utf8, at);
  }
  /** Everything written, padded with zeros. */
  aligned(): Uint8Array {
    this.room(aligned(this.length) - this.length);
    return this.bytes.subarray(0, this.length);
  }

  /** Reserves `more` bytes and returns their offset. Call it before reading `view`, which it may replace. */
  private room(more: number): number {
    const at = this.length;
    this.length += more;
    if (this.length > this.bytes.length) {
      const longer = new Uint8Array(2 * this.length);
      longer.set(this.bytes);
      this.bytes = longer;
      this.view = new DataView(longer.buffer);
    }
    return at;
  }
}
const encoder = new TextEncoder();
