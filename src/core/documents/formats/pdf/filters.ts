/** Unpacks streams of a PDF: PDF 32000-1, 7.4. */
import { Unzlib } from 'fflate';
import { concatBytes } from '../../../base/concat';
import { type Dictionary, nameOf, type Value } from './values';

/**
 * Unpacks a stream as far as possible; undefined for filters that only images use.
 * @param making called with bytes as they are unpacked
 * @throws what `making` throws
 */
export function decodedStream(
  dictionary: Dictionary,
  packed: Uint8Array,
  making: (bytes: number) => void,
  resolved: Resolve = (value) => value,
): Uint8Array | undefined {
  let bytes = packed;
  for (const name of filtersOf(dictionary, resolved)) {
    const unpack = FILTERS.get(name);
    if (!unpack) return undefined;
    bytes = unpack(bytes, making);
  }
  return bytes;
}

function filtersOf(dictionary: Dictionary, resolved: Resolve): string[] {
  const filter: Value | undefined = resolved(dictionary.get('Filter'));
  return (Array.isArray(filter) ? (filter as readonly Value[]) : [filter])
    .map((each) => nameOf(resolved(each)))
    .filter((name) => name !== '');
}

/** Resolves a reference to its value. */
type Resolve = (value: Value | undefined) => Value | undefined;

type Unpack = (bytes: Uint8Array, making: (bytes: number) => void) => Uint8Array;

const inflated: Unpack = (bytes, making) => {
  const pieces: Uint8Array[] = [];
  let refused: Error | undefined;
  const inflate = new Unzlib((piece) => {
    try {
      making(piece.length);
    } catch (error) {
      refused = error as Error;
      throw error;
    }
    pieces.push(piece.slice());
  });
  try {
    for (let from = 0; from < bytes.length; from += PIECE) inflate.push(bytes.subarray(from, from + PIECE));
  } catch {
    // A damaged stream ends here, as in pdf.js.
    if (refused !== undefined) throw refused;
  }
  return concatBytes(pieces);
};
/** Bytes inflated at once; small, because the result, of up to 1,032 times the size, is in memory at once. */
const PIECE = 2 ** 14;

/** LZW with codes of 9 to 12 bits; each code stands for an earlier sequence and one more byte. */
const unLzw: Unpack = (bytes, making) => {
  const out = new Growing(making);
  /** Start and length of each code's text in the output. */
  let [begins, lengths]: [number[], number[]] = [[], []];
  let [width, bits, held, last] = [9, 0, 0, -1];
  for (const byte of bytes) {
    [held, bits] = [((held << 8) | byte) & 0xffffff, bits + 8];
    if (bits < width) continue;
    bits -= width;
    const code = (held >> bits) & ((1 << width) - 1);
    if (code === 257) break;
    if (code === 256) {
      [begins, lengths, width, last] = [[], [], 9, -1];
      continue;
    }
    const begin = out.length;
    if (code < 256) out.byte(code);
    else {
      const place = code - 258;
      if (place > begins.length || (place === begins.length && last < 0)) break;
      if (place < begins.length) out.copy(begins[place]!, lengths[place]!);
      // The code that is being defined: the previous sequence and its first byte.
      else out.copy(last, begin - last + 1);
    }
    if (last >= 0 && begins.length < 4096 - 258) {
      begins.push(last);
      lengths.push(begin - last + 1);
    }
    last = begin;
    const next = begins.length + 259;
    width = next >= 2048 ? 12 : next >= 1024 ? 11 : next >= 512 ? 10 : 9;
  }
  return out.bytes();
};

const unRunLength: Unpack = (bytes, making) => {
  const out = new Growing(making);
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at++]!;
    if (length === 128) break;
    if (length < 128) for (let i = 0; i <= length && at < bytes.length; i++) out.byte(bytes[at++]!);
    else {
      const byte = bytes[at++] ?? 0;
      for (let i = 0; i < 257 - length; i++) out.byte(byte);
    }
  }
  return out.bytes();
};

const unHex: Unpack = (bytes) => {
  const digits = new TextDecoder('latin1')
    .decode(bytes)
    .split('>', 1)[0]!
    .replace(/[^\da-f]+/gi, '');
  return Uint8Array.from({ length: Math.ceil(digits.length / 2) }, (_, i) =>
    parseInt(digits.slice(2 * i, 2 * i + 2).padEnd(2, '0'), 16),
  );
};

const un85: Unpack = (bytes, making) => {
  const out = new Growing(making);
  let [value, count] = [0, 0];
  const flush = (length: number): void => {
    for (let i = 0; i < length; i++) out.byte(Math.floor(value / 256 ** (3 - i)) & 255);
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
  return out.bytes();
};

const FILTERS: ReadonlyMap<string, Unpack> = new Map([
  ...(['FlateDecode', 'Fl'] as const).map((name) => [name, inflated] as const),
  ...(['LZWDecode', 'LZW'] as const).map((name) => [name, unLzw] as const),
  ...(['RunLengthDecode', 'RL'] as const).map((name) => [name, unRunLength] as const),
  ...(['ASCIIHexDecode', 'AHx'] as const).map((name) => [name, unHex] as const),
  ...(['ASCII85Decode', 'A85'] as const).map((name) => [name, un85] as const),
]);

/** Growing byte buffer. */
class Growing {
  length = 0;
  private whole = new Uint8Array(1024);
  private reported = 0;

  constructor(private readonly making: (bytes: number) => void) {}

  byte(byte: number): void {
    if (this.length === this.whole.length) this.grow();
    this.whole[this.length++] = byte;
  }

  /** Copies earlier output, which may overlap with the copy itself. */
  copy(from: number, length: number): void {
    for (let i = 0; i < length; i++) this.byte(this.whole[from + i]!);
  }

  bytes(): Uint8Array {
    this.report();
    return this.whole.slice(0, this.length);
  }

  private grow(): void {
    this.report();
    const larger = new Uint8Array(2 * this.whole.length);
    larger.set(this.whole);
    this.whole = larger;
  }

  private report(): void {
    this.making(this.length - this.reported);
    this.reported = this.length;
  }
}
