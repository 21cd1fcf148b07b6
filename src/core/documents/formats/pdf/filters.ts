/** Unpacks streams of a PDF: PDF 32000-1, 7.4. */
import { Unzlib } from 'fflate';
import { concatBytes } from '../../../base/concat';
import { type Dictionary, nameOf, type Value } from './values';

/**
 * Unpacks a stream as far as possible; undefined for filters that only images use.
 * @param onUnpack called with bytes as they are unpacked
 * @throws what `onUnpack` throws
 */
export function decodeStream(
  dictionary: Dictionary,
  packed: Uint8Array,
  onUnpack: (bytes: number) => void,
  resolve: Resolve = (value) => value,
): Uint8Array | undefined {
  let bytes = packed;
  for (const name of filtersOf(dictionary, resolve)) {
    const unpack = FILTERS.get(name);
    if (!unpack) return undefined;
    bytes = unpack(bytes, onUnpack);
  }
  return bytes;
}

function filtersOf(dictionary: Dictionary, resolve: Resolve): string[] {
  const filter: Value | undefined = resolve(dictionary.get('Filter'));
  return (Array.isArray(filter) ? (filter as readonly Value[]) : [filter])
    .map((item) => nameOf(resolve(item)))
    .filter((name) => name !== '');
}

/** Resolves a reference to its value. */
type Resolve = (value: Value | undefined) => Value | undefined;

type Filter = (bytes: Uint8Array, onUnpack: (bytes: number) => void) => Uint8Array;

const inflate: Filter = (bytes, onUnpack) => {
  const pieces: Uint8Array[] = [];
  let callbackError: Error | undefined;
  const stream = new Unzlib((piece) => {
    try {
      onUnpack(piece.length);
    } catch (error) {
      callbackError = error as Error;
      throw error;
    }
    pieces.push(piece.slice());
  });
  try {
    for (let offset = 0; offset < bytes.length; offset += INPUT_PIECE_BYTES)
      stream.push(bytes.subarray(offset, offset + INPUT_PIECE_BYTES));
  } catch {
    // A damaged stream ends here, as in pdf.js.
    if (callbackError !== undefined) throw callbackError;
  }
  return concatBytes(pieces);
};
/** Bytes inflated at once; small, because the result, of up to 1,032 times the size, is in memory at once. */
const INPUT_PIECE_BYTES = 2 ** 14;

/** LZW with codes of 9 to 12 bits; each code stands for an earlier sequence and one more byte. */
const decodeLzw: Filter = (bytes, onUnpack) => {
  const output = new GrowingBuffer(onUnpack);
  /** Start and length of each code's text in the output. */
  let [starts, lengths]: [number[], number[]] = [[], []];
  let [width, bufferedBits, buffer, previousStart] = [9, 0, 0, -1];
  for (const byte of bytes) {
    [buffer, bufferedBits] = [((buffer << 8) | byte) & 0xffffff, bufferedBits + 8];
    if (bufferedBits < width) continue;
    bufferedBits -= width;
    const code = (buffer >> bufferedBits) & ((1 << width) - 1);
    if (code === 257) break;
    if (code === 256) {
      [starts, lengths, width, previousStart] = [[], [], 9, -1];
      continue;
    }
    const start = output.length;
    if (code < 256) output.push(code);
    else {
      const entry = code - 258;
      if (entry > starts.length || (entry === starts.length && previousStart < 0)) break;
      if (entry < starts.length) output.copy(starts[entry]!, lengths[entry]!);
      // The code that is being defined: the previous sequence and its first byte.
      else output.copy(previousStart, start - previousStart + 1);
    }
    if (previousStart >= 0 && starts.length < 4096 - 258) {
      starts.push(previousStart);
      lengths.push(start - previousStart + 1);
    }
    previousStart = start;
    const nextCode = starts.length + 259;
    width = nextCode >= 2048 ? 12 : nextCode >= 1024 ? 11 : nextCode >= 512 ? 10 : 9;
  }
  return output.bytes();
};

const decodeRunLength: Filter = (bytes, onUnpack) => {
  const output = new GrowingBuffer(onUnpack);
  for (let position = 0; position < bytes.length;) {
    const length = bytes[position++]!;
    if (length === 128) break;
    if (length < 128) for (let i = 0; i <= length && position < bytes.length; i++) output.push(bytes[position++]!);
    else {
      const byte = bytes[position++] ?? 0;
      for (let i = 0; i < 257 - length; i++) output.push(byte);
    }
  }
  return output.bytes();
};

const decodeHex: Filter = (bytes) => {
  const digits = new TextDecoder('latin1')
    .decode(bytes)
    .split('>', 1)[0]!
    .replace(/[^\da-f]+/gi, '');
  return Uint8Array.from({ length: Math.ceil(digits.length / 2) }, (_, i) =>
    parseInt(digits.slice(2 * i, 2 * i + 2).padEnd(2, '0'), 16),
  );
};

const decodeAscii85: Filter = (bytes, onUnpack) => {
  const output = new GrowingBuffer(onUnpack);
  let [value, count] = [0, 0];
  const flush = (length: number): void => {
    for (let i = 0; i < length; i++) output.push(Math.floor(value / 256 ** (3 - i)) & 255);
    [value, count] = [0, 0];
  };
  for (const byte of bytes) {
    if (byte === 0x7e) break;
    if (byte === 0x7a && count === 0) flush(4);
    if (byte < 0x21 || byte > 0x75) continue;
    value = value * 85 + byte - 0x21;
    if (++count === 5) flush(4);
  }
  if (count > 1) {
    const length = count - 1;
    for (; count < 5; count++) value = value * 85 + 84;
    flush(length);
  }
  return output.bytes();
};

const FILTERS: ReadonlyMap<string, Filter> = new Map([
  ...(['FlateDecode', 'Fl'] as const).map((name) => [name, inflate] as const),
  ...(['LZWDecode', 'LZW'] as const).map((name) => [name, decodeLzw] as const),
  ...(['RunLengthDecode', 'RL'] as const).map((name) => [name, decodeRunLength] as const),
  ...(['ASCIIHexDecode', 'AHx'] as const).map((name) => [name, decodeHex] as const),
  ...(['ASCII85Decode', 'A85'] as const).map((name) => [name, decodeAscii85] as const),
]);

/** Growing byte buffer. */
class GrowingBuffer {
  length = 0;
  private buffer = new Uint8Array(1024);
  private reportedLength = 0;

  constructor(private readonly onUnpack: (bytes: number) => void) {}

  push(byte: number): void {
    if (this.length === this.buffer.length) this.grow();
    this.buffer[this.length++] = byte;
  }

  /** Copies earlier output, which may overlap with the copy itself. */
  copy(from: number, length: number): void {
    for (let i = 0; i < length; i++) this.push(this.buffer[from + i]!);
  }

  bytes(): Uint8Array {
    this.report();
    return this.buffer.slice(0, this.length);
  }

  private grow(): void {
    this.report();
    const larger = new Uint8Array(2 * this.buffer.length);
    larger.set(this.buffer);
    this.buffer = larger;
  }

  private report(): void {
    this.onUnpack(this.length - this.reportedLength);
    this.reportedLength = this.length;
  }
}
