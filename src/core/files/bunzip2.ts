/**
 * Unpacks bzip2 block by block: one stream or several; checks each block's checksum. The format has no standard except
 * its program; see https://github.com/dsnet/compress/blob/master/doc/bzip2-format.pdf
 */
import { concatBytes } from '../base/concat';
import { badFile, HomegrownError } from '../base/errors';
import { MAX_COMPRESSION_RATIO } from '../base/limits';

/**
 * Unpacks a bzip2 stream.
 * @throws HomegrownError `bad-file` where it is damaged, cut off, or expands more than text does
 */
export async function* bunzipped(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  const bits = new Bits(bytes);
  const fail = (reason: string): HomegrownError => badFile(`${file}: ${reason}`, REMEDY);
  const block = new Block();
  let written = 0;
  try {
    while (await bits.fill(HEADER)) {
      if (bits.read(24) !== SIGN) throw new Damage('the bzip2 header is missing');
      const level = bits.read(8) - 0x30;
      if (level < 1 || level > 9) throw new Damage('its block size is invalid');
      let sum = 0;
      for (;;) {
        await bits.fill(MAX_BLOCK_BYTES);
        const [high, low] = [bits.read(24), bits.read(24)];
        const checksum = ((bits.read(16) << 16) | bits.read(16)) >>> 0;
        if (high === END[0] && low === END[1]) {
          if (checksum !== sum) throw new Damage("its checksum doesn't match its blocks");
          break;
        }
        if (high !== BEGIN[0] || low !== BEGIN[1]) throw new Damage('a block header is missing');
        block.read(bits, level * 100_000);
        for (const piece of block.bytes()) {
          written += piece.length;
          if (written > 1e6 && written > bits.taken * MAX_COMPRESSION_RATIO)
            throw fail(`it expands from ${bits.taken} bytes to ${written}`);
          yield piece;
        }
        if (block.sum !== checksum) throw new Damage("the checksum of a block doesn't match its bytes");
        sum = (((sum << 1) | (sum >>> 31)) ^ checksum) >>> 0;
      }
      bits.align();
    }
  } catch (error) {
    if (error instanceof Damage) throw fail(`it is damaged or cut off: ${error.message}, before byte ${bits.taken}`);
    throw error;
  }
  if (bits.taken === 0) throw fail('it is empty');
}

class Damage extends Error {}

/** Bits of a stream, most significant bit first. `fill` buffers bytes, `read` takes bits from them. */
class Bits {
  /** Bytes of the stream before the next bit. */
  taken = 0;
  private held: Uint8Array = new Uint8Array();
  private at = 0;
  private buffer = 0;
  private count = 0;
  private isOver = false;
  private readonly pieces: AsyncIterator<Uint8Array>;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.pieces = bytes[Symbol.asyncIterator]();
  }

  /** Reads until at least `min` bytes are buffered. @returns whether any are */
  async fill(min: number): Promise<boolean> {
    const there = this.held.length - this.at;
    if (there < min && !this.isOver) {
      const parts = [this.held.subarray(this.at)];
      for (let length = there; length < 2 * min;) {
        const next = await this.pieces.next();
        if (next.done) {
          this.isOver = true;
          break;
        }
        parts.push(next.value.slice());
        length += next.value.length;
      }
      [this.held, this.at] = [concatBytes(parts), 0];
    }
    return this.at < this.held.length;
  }

  /** @param n at most 24 */
  read(n: number): number {
    while (this.count < n) {
      if (this.at >= this.held.length) throw new Damage('it ends too early');
      this.buffer = ((this.buffer << 8) | this.held[this.at++]!) >>> 0;
      this.taken++;
      this.count += 8;
    }
    this.count -= n;
    return (this.buffer >>> this.count) & ((1 << n) - 1);
  }

  /** Skips to the next byte, where a stream ends. */
  align(): void {
    this.count = 0;
  }
}

/** A canonical prefix code: codes of equal length are consecutive. */
interface Code {
  shortest: number;
  longest: number;
  /** By length in bits: the last code, and the offset to subtract from a code to find its symbol. */
  limits: Int32Array;
  bases: Int32Array;
  symbols: Uint16Array;
}

class Block {
  /** Checksum of the yielded bytes. */
  sum = 0;
  private length = 0;
  private start = 0;
  /** Low 8 bits: a byte of the transform; higher bits: the index of the next one. */
  private readonly links = new Uint32Array(MAX_BYTES);

  /** @param max number of bytes before runs are expanded */
  read(bits: Bits, max: number): void {
    if (bits.read(1) === 1) throw new Damage('it is from a program from before 1997');
    const origin = bits.read(24);
    const used = usedBytes(bits);
    const count = bits.read(3);
    if (count < 2 || count > 6) throw new Damage(`it has ${count} codes`);
    const selectors = selectorsIn(bits, count);
    const codes = Array.from({ length: count }, () => codeIn(bits, used.length + 2));
    this.length = this.symbols(bits, used, selectors, codes, max);
    if (origin >= this.length) throw new Damage('its transform has an invalid start');
    this.link();
    this.start = this.links[origin]! >>> 8;
  }

  /** Expands runs: after four equal bytes, the next byte counts further ones. */
  *bytes(): Generator<Uint8Array> {
    let out = new Uint8Array(PIECE);
    let [at, sum, place, last, same] = [0, -1, this.start, -1, 0];
    for (let i = 0; i < this.length; i++) {
      const link = this.links[place]!;
      const byte = link & 255;
      place = link >>> 8;
      const times = same === 4 ? byte : 1;
      const given = same === 4 ? last : byte;
      same = same === 4 ? 0 : byte === last ? same + 1 : 1;
      last = same === 0 ? -1 : byte;
      if (at + times > PIECE) {
        yield out.subarray(0, at);
        [out, at] = [new Uint8Array(PIECE), 0];
      }
      for (let n = 0; n < times; n++) {
        out[at++] = given;
        sum = (sum << 8) ^ TABLE[(sum >>> 24) ^ given]!;
      }
    }
    this.sum = ~sum >>> 0;
    if (at > 0) yield out.subarray(0, at);
  }

  /** Decodes Huffman codes, move-to-front positions and runs of the front byte. @returns number of bytes */
  private symbols(bits: Bits, used: number[], selectors: Uint8Array, codes: readonly Code[], max: number): number {
    const { links } = this;
    const end = used.length + 1;
    const list = Uint8Array.from(used);
    let [length, run, weight] = [0, 0, 1];
    for (let group = 0; ; group++) {
      const code = codes[selectors[group] ?? NaN];
      if (!code) throw new Damage('it has more symbols than it declares');
      for (let i = 0; i < GROUP; i++) {
        const symbol = symbolIn(bits, code);
        if (symbol < 2) {
          run += weight << symbol;
          weight <<= 1;
          if (run > max) throw new Damage('it has more bytes than a block');
          continue;
        }
        if (length + run > max) throw new Damage('it has more bytes than a block');
        if (run > 0) {
          links.fill(list[0]!, length, length + run);
          length += run;
          [run, weight] = [0, 1];
        }
        if (symbol === end) return length;
        if (length === max) throw new Damage('it has more bytes than a block');
        const byte = list[symbol - 1]!;
        list.copyWithin(1, 0, symbol - 1);
        list[0] = byte;
        links[length++] = byte;
      }
    }
  }

  /** Inverts the Burrows–Wheeler transform: links each byte to the one that follows it. */
  private link(): void {
    const { links, length } = this;
    const next = new Uint32Array(256);
    for (let i = 0; i < length; i++) next[links[i]! & 255]!++;
    for (let byte = 0, all = 0; byte < 256; byte++) {
      all += next[byte]!;
      next[byte] = all - next[byte]!;
    }
    for (let i = 0; i < length; i++) {
      const place = next[links[i]! & 255]!++;
      links[place]! |= i << 8;
    }
  }
}

/** Reads which byte values occur: 16 bits for rows of 16 values, then 16 bits for each row that is set. */
function usedBytes(bits: Bits): number[] {
  const rows = bits.read(16);
  const used: number[] = [];
  for (let row = 0; row < 16; row++) {
    if (((rows >>> (15 - row)) & 1) === 0) continue;
    const columns = bits.read(16);
    for (let column = 0; column < 16; column++)
      if (((columns >>> (15 - column)) & 1) === 1) used.push(row * 16 + column);
  }
  if (used.length === 0) throw new Damage('it has no bytes');
  return used;
}

/** Reads which code each group of 50 symbols uses, as move-to-front positions. */
function selectorsIn(bits: Bits, codes: number): Uint8Array {
  const count = bits.read(15);
  if (count === 0) throw new Damage('it has no symbols');
  const list = Uint8Array.from({ length: codes }, (_, i) => i);
  return Uint8Array.from({ length: count }, () => {
    let place = 0;
    while (bits.read(1) === 1) if (++place >= codes) throw new Damage(`it has a code outside its ${codes}`);
    const code = list[place]!;
    list.copyWithin(1, 0, place);
    return (list[0] = code);
  });
}

/** Reads a code from its lengths, stored as differences from the previous length. */
function codeIn(bits: Bits, symbols: number): Code {
  let length = bits.read(5);
  const lengths = Uint8Array.from({ length: symbols }, () => {
    for (;;) {
      if (length < 1 || length > MAX_CODE_LENGTH) throw new Damage(`it has a code of ${length} bits`);
      if (bits.read(1) === 0) return length;
      length += bits.read(1) === 0 ? 1 : -1;
    }
  });
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
  const limits = new Int32Array(longest + 1).fill(-1);
  const bases = new Int32Array(longest + 1);
  const order = new Uint16Array(symbols);
  let [code, at] = [0, 0];
  for (let n = shortest; n <= longest; n++) {
    bases[n] = code - at;
    for (let symbol = 0; symbol < symbols; symbol++)
      if (lengths[symbol] === n) {
        order[at++] = symbol;
        code++;
      }
    limits[n] = code - 1;
    code <<= 1;
  }
  return { shortest, longest, limits, bases, symbols: order };
}

function symbolIn(bits: Bits, { shortest, longest, limits, bases, symbols }: Code): number {
  let code = bits.read(shortest);
  for (let n = shortest; ; n++) {
    if (code <= limits[n]!) {
      const symbol = symbols[code - bases[n]!];
      if (symbol !== undefined) return symbol;
    }
    if (n >= longest) throw new Damage('it has a symbol without a code');
    code = (code << 1) | bits.read(1);
  }
}

/** CRC-32, most significant bit first, with polynomial 0x04c11db7. */
const TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n << 24;
  for (let bit = 0; bit < 8; bit++) c = c < 0 ? (c << 1) ^ 0x04c11db7 : c << 1;
  return c;
});

/** `BZh`. Digits of pi precede each block, and digits of its square root follow the last one. */
const SIGN = 0x425a68;
const BEGIN = [0x314159, 0x265359] as const;
const END = [0x177245, 0x385090] as const;
const HEADER = 4;
const MAX_BYTES = 900_000;
const GROUP = 50;
const MAX_CODE_LENGTH = 20;
/** Above the maximum size of a block: 20 bits for each byte, and its codes. */
const MAX_BLOCK_BYTES = 3 * 2 ** 20;
const PIECE = 2 ** 16;
const REMEDY = 'It may be cut off. Download it again, or unpack it and add the files in it.';
