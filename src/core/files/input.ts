/** A stream of bytes, in lengths that are asked for. */
import { concatBytes } from '../base/concat';

export class Input {
  /** Bytes that were taken. */
  at = 0;
  private held: Uint8Array = new Uint8Array();
  private readonly pieces: AsyncIterator<Uint8Array>;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.pieces = bytes[Symbol.asyncIterator]();
  }

  /** The next, of at most so many; null at the end. */
  async some(max: number): Promise<Uint8Array | null> {
    return (await this.hasMore()) ? this.take(max) : null;
  }

  /** Fewer where it ends before. */
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

  /** Up to a line end, and with it. Without one where all ends before that, or after `max` bytes; nothing at the end. */
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

  /** @returns how many were there */
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
