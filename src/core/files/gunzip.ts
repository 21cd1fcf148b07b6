/** Unpacks gzip streams of one or more members, and checks each member's checksum. RFC 1952. */
import { Gunzip } from 'fflate';
import { concatBytes } from '../base/concat';
import { badFile, HomegrownError } from '../base/errors';
import { MAX_COMPRESSION_RATIO } from '../base/limits';
import { crc32 } from './crc32';

/**
 * Unpacks a gzip stream.
 * @throws HomegrownError `bad-file` where it is damaged, cut off, or expands more than text does
 */
export async function* gunzipped(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  const fail = (reason: string): Error => badFile(`${file}: ${reason}`, REMEDY);
  const recent = new Recent();
  let out: Uint8Array[] = [];
  let [read, written, sum, size] = [0, 0, 0, 0];
  /** Bytes since the last content or member: a header, which fflate scans again with every piece. */
  let idle = 0;
  /** Checks a member against its trailer, the 8 bytes before `end`. */
  const check = (end: number): void => {
    const trailer = recent.before(end, 8);
    const view = new DataView(trailer.buffer);
    if (trailer.length < 8 || view.getUint32(0, true) !== sum || view.getUint32(4, true) !== size % 2 ** 32)
      throw fail(`it is damaged or cut off: its checksum doesn't match the ${written} bytes before byte ${end}`);
    [sum, size, idle] = [0, 0, 0];
  };
  const gunzip = new Gunzip((chunk) => {
    sum = crc32(chunk, sum);
    size += chunk.length;
    written += chunk.length;
    if (chunk.length === 0) return;
    out.push(chunk);
    idle = 0;
  });
  gunzip.onmember = check;
  const push = (piece: Uint8Array, isLast: boolean): void => {
    try {
      gunzip.push(piece, isLast);
    } catch (error) {
      if (error instanceof HomegrownError) throw error;
      throw fail(`it can't be unpacked (${error instanceof Error ? error.message : 'damaged'}), before byte ${read}`);
    }
    if (written > 1e6 && written > read * MAX_COMPRESSION_RATIO)
      throw fail(`it expands from ${read} bytes to ${written}`);
  };
  for await (const piece of piecesOf(bytes)) {
    read += piece.length;
    recent.add(piece);
    idle += piece.length;
    push(piece, false);
    if (idle > MAX_HEADER_BYTES) throw fail(`it has no content in ${idle} bytes before byte ${read}`);
    yield* out;
    out = [];
  }
  if (read < SHORTEST) throw fail(`${read} bytes are too few for a gzip file`);
  push(new Uint8Array(), true);
  yield* out;
  check(read);
}

/** Regroups bytes into pieces of `PIECE`, so that a damaged file fails at the same byte however it is read. */
async function* piecesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let [held, length] = [new Uint8Array(PIECE), 0];
  for await (const piece of bytes) {
    for (let from = 0; from < piece.length;) {
      const part = piece.subarray(from, from + PIECE - length);
      held.set(part, length);
      length += part.length;
      from += part.length;
      if (length < PIECE) continue;
      yield held;
      [held, length] = [new Uint8Array(PIECE), 0];
    }
  }
  if (length > 0) yield held.subarray(0, length);
}

/** The last bytes read: the trailer of a member is needed only once the next member's header has been read. */
class Recent {
  private read = 0;
  private length = 0;
  private readonly pieces: Uint8Array[] = [];

  add(piece: Uint8Array): void {
    this.pieces.push(piece);
    this.read += piece.length;
    this.length += piece.length;
    while (this.length - this.pieces[0]!.length >= MAX_HEADER_BYTES) this.length -= this.pieces.shift()!.length;
  }

  before(end: number, length: number): Uint8Array {
    // Each empty member calls this, so only the needed bytes are copied.
    const needed: Uint8Array[] = [];
    let from = this.read;
    for (let i = this.pieces.length - 1; i >= 0 && from > end - length; i--) {
      from -= this.pieces[i]!.length;
      if (from < end) needed.unshift(this.pieces[i]!.subarray(Math.max(0, end - length - from), end - from));
    }
    return concatBytes(needed);
  }
}

/** Small, because all that a piece expands to is in memory at once: at most 1,032 times its size. */
const PIECE = 2 ** 14;
/** Of a member's header: 64 KiB of extra fields, and as much for its names. */
const MAX_HEADER_BYTES = 2 ** 17;
/** Length of a header and a trailer, in bytes. */
const SHORTEST = 18;
const REMEDY = 'It may be cut off. Download it again, or unpack it and add the files in it.';
