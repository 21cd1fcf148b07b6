/**
 * Tokens as text, piece by piece: bytes of an unfinished character are held back, and so is what may be the beginning of
 * a stop string. What comes before one is the end of the text; it is not part of it itself.
 */
export class TextStream {
  /** @param {(id: number) => Uint8Array} bytes @param {readonly string[]} stop */
  constructor(bytes, stop) {
    this.bytes = bytes;
    this.stop = stop;
    this.decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    this.held = '';
    this.stopped = false;
  }

  /** The text that is certain with this token. @param {number} id */
  push(id) {
    return this.release(this.decoder.decode(this.bytes(id), { stream: true }), false);
  }

  /** The rest, when no token follows. */
  end() {
    return this.release(this.decoder.decode(), true);
  }

  /** @param {string} text @param {boolean} last */
  release(text, last) {
    if (this.stopped) return '';
    this.held += text;
    const found = this.stop.map((stop) => this.held.indexOf(stop)).filter((at) => at !== -1);
    this.stopped = found.length > 0;
    const upTo = this.stopped ? Math.min(...found) : last ? this.held.length : this.held.length - this.doubtful();
    const certain = this.held.slice(0, upTo);
    this.held = this.held.slice(upTo);
    return certain;
  }

  /** How many characters at the end may belong to a stop string. */
  doubtful() {
    const lengths = this.stop.map((stop) => {
      let length = Math.min(stop.length - 1, this.held.length);
      while (length > 0 && !this.held.endsWith(stop.slice(0, length))) length--;
      return length;
    });
    return Math.max(0, ...lengths);
  }
}

/** A token as it is written in a byte-level vocabulary: one character a byte, in GPT-2's alphabet. @param {string} piece */
export function byteLevel(piece) {
  return Uint8Array.from(piece, (character) => BYTES.get(character) ?? 0);
}
const BYTES = new Map(alphabet());

/** 188 printable bytes stand for themselves, the others follow from U+0100 on. @returns {Generator<[string, number]>} */
function* alphabet() {
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    yield [String.fromCodePoint(printable ? byte : next++), byte];
  }
}
