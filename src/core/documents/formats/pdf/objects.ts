/**
 * Parses as much of a PDF's objects as the reading cost needs: PDF 32000-1, 7.3 and 7.5.7. Skips damaged and encrypted
 * ones, which pdf.js handles.
 */
import { decodedStream } from './filters';
import { type Dictionary, isDictionary, isRef, nameOf, type Value } from './values';

/** An object of a file. */
export interface PdfObject {
  value: Value;
  /** Raw bytes of a stream in the file. */
  packed?: Uint8Array;
}

/** Objects by number; the file's last of several with the same number counts, as after incremental saves. */
export class PdfObjects {
  private readonly byNumber = new Map<number, PdfObject & { at: number }>();

  /**
   * @param unpacking called for each object stream; its result is called with the number of unpacked bytes
   * @throws what they throw
   */
  constructor(bytes: Uint8Array, unpacking: () => (bytes: number) => void) {
    const streams = new Streams(bytes);
    const all = beginnings(bytes);
    for (const [i, { number, at }] of all.entries())
      this.add(number, { ...objectAt(bytes, at, all[i + 1]?.from ?? bytes.length, streams), at });
    for (const object of [...this.byNumber.values()]) this.unpack(object, unpacking);
  }

  all(): Iterable<PdfObject> {
    return this.byNumber.values();
  }

  /** Resolves a reference; other values stay. */
  of(value: Value | undefined): PdfObject | undefined {
    if (value === undefined || value === null) return undefined;
    return isRef(value) ? this.byNumber.get(value.ref) : { value };
  }

  dictionary(value: Value | undefined): Dictionary | undefined {
    const found = this.of(value)?.value;
    return isDictionary(found) ? found : undefined;
  }

  /** Unpacks an object stream, which starts with pairs of object numbers and offsets. */
  private unpack({ value, packed, at }: PdfObject & { at: number }, unpacking: () => (bytes: number) => void): void {
    if (!packed || !isDictionary(value) || nameOf(value.get('Type')) !== 'ObjStm') return;
    const [first, count] = [value.get('First'), value.get('N')];
    const bytes = decodedStream(value, packed, unpacking());
    if (!bytes || typeof first !== 'number' || typeof count !== 'number') return;
    const pairs = new Reader(bytes, 0);
    // Limits repeated reads of overlapping objects.
    let left = MAX_REREAD * bytes.length;
    for (let i = 0; i < count && pairs.at < first && pairs.at < bytes.length && left > 0; i++) {
      const [number, place] = [pairs.value(), pairs.value()];
      if (typeof number !== 'number' || typeof place !== 'number') return;
      const reader = new Reader(bytes, first + place);
      this.add(number, { value: reader.value(), at });
      left -= Math.max(0, reader.at - first - place);
    }
  }

  private add(number: number, object: PdfObject & { at: number }): void {
    const other = this.byNumber.get(number);
    if (!other || other.at <= object.at) this.byNumber.set(number, object);
  }
}
const MAX_REREAD = 4;

/** Positions of `12 0 obj`. */
function beginnings(bytes: Uint8Array): { number: number; from: number; at: number }[] {
  const found = [];
  for (let at = bytes.indexOf(LETTER_J); at >= 0; at = bytes.indexOf(LETTER_J, at + 1)) {
    if (bytes[at - 1] !== LETTER_B || bytes[at - 2] !== LETTER_O) continue;
    const head = latin(bytes.subarray(Math.max(0, at - MAX_HEAD_LENGTH), at + 1));
    const [whole, number] = /(\d{1,10})\s{1,4}\d{1,5}\s{0,4}obj$/.exec(head) ?? [];
    if (number !== undefined) found.push({ number: Number(number), from: at + 1 - whole!.length, at: at + 1 });
  }
  return found;
}
const [LETTER_B, LETTER_J, LETTER_O] = [0x62, 0x6a, 0x6f];
const MAX_HEAD_LENGTH = 32;

/** @param before start of the next object, where this one ends unless it is a stream */
function objectAt(bytes: Uint8Array, at: number, before: number, streams: Streams): PdfObject {
  const reader = new Reader(bytes.subarray(0, before), at);
  const value = reader.value();
  const from = reader.stream();
  return from === undefined || !isDictionary(value)
    ? { value }
    : { value, packed: bytes.subarray(from, streams.endOf(from, value.get('Length'))) };
}

/** Finds the ends of streams, in order. */
class Streams {
  /** Last end that was found. */
  private end = -1;

  constructor(private readonly bytes: Uint8Array) {}

  /** @param length as stated; if it is indirect or wrong, the stream extends to the next `endstream` */
  endOf(from: number, length: Value | undefined): number {
    if (
      typeof length === 'number' &&
      /^\s{0,4}endstream/.test(latin(this.bytes.subarray(from + length, from + length + 16)))
    )
      return from + length;
    if (this.end < from) this.end = this.next(from);
    return this.end;
  }

  private next(from: number): number {
    const { bytes } = this;
    for (let at = bytes.indexOf(LETTER_E, from); at >= 0; at = bytes.indexOf(LETTER_E, at + 1))
      if (bytes[at + 1] === LETTER_N && latin(bytes.subarray(at, at + 9)) === 'endstream') return at;
    return bytes.length;
  }
}
const [LETTER_E, LETTER_N] = [0x65, 0x6e];

class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  value(depth = 0): Value {
    this.space();
    const byte = this.bytes[this.at];
    if (byte === undefined) return null;
    if (depth > MAX_DEPTH) {
      // Nothing that is needed is nested this deep.
      this.at = this.bytes.length;
      return null;
    }
    if (byte === SLASH) return { name: this.name() };
    if (byte === OPEN_BRACKET) return this.list(depth);
    if (byte === LESS) return this.bytes[this.at + 1] === LESS ? this.dictionary(depth) : this.past(MORE);
    if (byte === OPEN) return this.text();
    if ((byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e) return this.numberOrRef();
    // `true`, `false`, `null`, or an unknown word.
    const from = this.at;
    this.word();
    if (this.at === from) this.at++;
    return null;
  }

  /** Start of a stream's bytes, if there is one here. */
  stream(): number | undefined {
    this.space();
    const [, end] = /^stream(\r\n|\n|\r)/.exec(latin(this.bytes.subarray(this.at, this.at + 8))) ?? [];
    return end === undefined ? undefined : this.at + 6 + end.length;
  }

  private dictionary(depth: number): Dictionary {
    this.at += 2;
    const found = new Map<string, Value>();
    for (;;) {
      this.space();
      const byte = this.bytes[this.at];
      if (byte === undefined) return found;
      if (byte === MORE) {
        this.at += 2;
        return found;
      }
      if (byte === SLASH) found.set(this.name(), this.value(depth + 1));
      else this.at++;
    }
  }

  private list(depth: number): Value[] {
    this.at++;
    const found: Value[] = [];
    for (;;) {
      this.space();
      const byte = this.bytes[this.at];
      if (byte === undefined) return found;
      if (byte === CLOSE_BRACKET) {
        this.at++;
        return found;
      }
      found.push(this.value(depth + 1));
    }
  }

  private name(): string {
    this.at++;
    return this.word().replace(/#([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }

  private numberOrRef(): Value {
    const number = Number(this.word());
    const end = this.at;
    const [whole] = /^\s{1,4}\d{1,5}\s{1,4}R(?![\w])/.exec(latin(this.bytes.subarray(end, end + 16))) ?? [];
    if (whole === undefined || !Number.isInteger(number)) return number;
    this.at = end + whole.length;
    return { ref: number };
  }

  /** Skips a string in parentheses, which may be nested. */
  private text(): null {
    let depth = 0;
    for (; this.at < this.bytes.length; this.at++) {
      const byte = this.bytes[this.at];
      if (byte === STROKE) this.at++;
      else if (byte === OPEN) depth++;
      else if (byte === CLOSE && --depth === 0) {
        this.at++;
        break;
      }
    }
    return null;
  }

  private past(byte: number): null {
    const end = this.bytes.indexOf(byte, this.at);
    this.at = end < 0 ? this.bytes.length : end + 1;
    return null;
  }

  private word(): string {
    const from = this.at;
    while (this.at < this.bytes.length && !ENDS.has(this.bytes[this.at]!)) this.at++;
    return latin(this.bytes.subarray(from, Math.min(this.at, from + MAX_WORD_LENGTH)));
  }

  private space(): void {
    for (; this.at < this.bytes.length; this.at++) {
      const byte = this.bytes[this.at]!;
      if (byte === PERCENT) while (this.at < this.bytes.length && !LINE_ENDS.has(this.bytes[this.at]!)) this.at++;
      else if (!SPACES.has(byte)) return;
    }
  }
}

const codes = (letters: string): ReadonlySet<number> => new Set(Array.from(letters, (letter) => letter.charCodeAt(0)));
const SPACES = codes('\0\t\n\f\r ');
const LINE_ENDS = codes('\n\r');
/** Characters that end a word. */
const ENDS = codes('\0\t\n\f\r ()<>[]{}/%');
const [SLASH, STROKE, PERCENT] = [0x2f, 0x5c, 0x25];
const [OPEN, CLOSE, OPEN_BRACKET, CLOSE_BRACKET, LESS, MORE] = [0x28, 0x29, 0x5b, 0x5d, 0x3c, 0x3e];
const MAX_DEPTH = 64;
const MAX_WORD_LENGTH = 256;
const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
