/** Reads a stream of bytes in any lengths. */
import { concatBytes } from '../base/concat';

export class Input {
  /** Number of bytes taken so far. */
  at = 0;
  private held: Uint8Array = new Uint8Array();
  private readonly pieces: AsyncIterator<Uint8Array>;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.pieces = bytes[Symbol.asyncIterator]();
  }

  /** Takes the next bytes, at most `max`; null at the end. */
  async some(max: number): Promise<Uint8Array | null> {
    return (await this.hasMore()) ? this.take(max) : null;
  }

  /** Takes `length` bytes, or fewer where the stream ends. */
  async exactly(length: number): Promise<Uint8Array> {
    const whole = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const piece = await this.some(length - at);
      if (!piece) break;
      whole.set(piece, at);
      at += piece.length;
    }
    return whole.subarray(0, at);
  }

  /** Takes a line with its line feed, or up to `max` bytes of it; empty at the end. */
  async line(max: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let left = max;
    while (left > 0 && (await this.hasMore())) {
      const end = this.held.indexOf(LF);
      const piece = this.take(Math.min(left, end < 0 ? Infinity : end + 1));
      pieces.push(piece);
      left -= piece.length;
      if (piece.at(-1) === LF) break;
    }
    return concatBytes(pieces);
  }

  /** Skips bytes. @returns how many there were */
  async skip(length: number): Promise<number> {
    let left = length;
    while (left > 0) {
      const piece = await this.some(left);
      if (!piece) break;
      left -= piece.length;
    }
    return length - left;
  }

  private async hasMore(): Promise<boolean> {
    while (this.held.length === 0) {
      const next = await this.pieces.next();
      if (next.done) return false;
      this.held = next.value;
    }
    return true;
  }

  private take(max: number): Uint8Array {
    const piece = this.held.subarray(0, max);
    this.held = this.held.subarray(piece.length);
    this.at += piece.length;
    return piece;
  }
}
const LF = 10;
