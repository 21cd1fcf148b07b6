/**
 * Parses as much of a PDF's objects as the reading cost needs: PDF 32000-1, 7.3 and 7.5.7. Skips damaged and encrypted
 * ones, which pdf.js handles.
 */
import { decodeStream } from './filters';
import { type Dictionary, isDictionary, isRef, nameOf, type Value } from './values';

/** An object of a file. */
export interface PdfObject {
  value: Value;
  /** Raw bytes of a stream in the file. */
  packed?: Uint8Array;
}

/** Objects by number; the file's last of several with the same number counts, as after incremental saves. */
export class PdfObjects {
  private readonly objectsByNumber = new Map<number, PdfObject & { offset: number }>();

  /**
   * @param onObjectStream called for each object stream; its result is called with the number of unpacked bytes
   * @throws what they throw
   */
  constructor(bytes: Uint8Array, onObjectStream: () => (bytes: number) => void) {
    const streams = new StreamEnds(bytes);
    const starts = objectStarts(bytes);
    for (const [i, { number, offset }] of starts.entries())
      this.add(number, { ...readObject(bytes, offset, starts[i + 1]?.start ?? bytes.length, streams), offset });
    for (const object of [...this.objectsByNumber.values()]) this.unpackObjectStream(object, onObjectStream);
  }

  all(): Iterable<PdfObject> {
    return this.objectsByNumber.values();
  }

  /** Resolves a reference; other values stay. */
  resolve(value: Value | undefined): PdfObject | undefined {
    if (value === undefined || value === null) return undefined;
    return isRef(value) ? this.objectsByNumber.get(value.ref) : { value };
  }

  dictionary(value: Value | undefined): Dictionary | undefined {
    const resolved = this.resolve(value)?.value;
    return isDictionary(resolved) ? resolved : undefined;
  }

  /** Unpacks an object stream, which starts with pairs of object numbers and offsets. */
  private unpackObjectStream(
    { value, packed, offset }: PdfObject & { offset: number },
    onObjectStream: () => (bytes: number) => void,
  ): void {
    if (!packed || !isDictionary(value) || nameOf(value.get('Type')) !== 'ObjStm') return;
    const [firstOffset, count] = [value.get('First'), value.get('N')];
    const bytes = decodeStream(value, packed, onObjectStream());
    if (!bytes || typeof firstOffset !== 'number' || typeof count !== 'number') return;
    const pairs = new ObjectReader(bytes, 0);
    // Limits repeated reads of overlapping objects.
    let remainingBytes = MAX_REREAD * bytes.length;
    for (
      let i = 0;
      i < count && pairs.position < firstOffset && pairs.position < bytes.length && remainingBytes > 0;
      i++
    ) {
      const [number, objectOffset] = [pairs.readValue(), pairs.readValue()];
      if (typeof number !== 'number' || typeof objectOffset !== 'number') return;
      const reader = new ObjectReader(bytes, firstOffset + objectOffset);
      this.add(number, { value: reader.readValue(), offset });
      remainingBytes -= Math.max(0, reader.position - firstOffset - objectOffset);
    }
  }

  private add(number: number, object: PdfObject & { offset: number }): void {
    const existing = this.objectsByNumber.get(number);
    if (!existing || existing.offset <= object.offset) this.objectsByNumber.set(number, object);
  }
}
const MAX_REREAD = 4;

/** Positions of `12 0 obj`. */
function objectStarts(bytes: Uint8Array): { number: number; start: number; offset: number }[] {
  const starts = [];
  for (let index = bytes.indexOf(LETTER_J); index >= 0; index = bytes.indexOf(LETTER_J, index + 1)) {
    if (bytes[index - 1] !== LETTER_B || bytes[index - 2] !== LETTER_O) continue;
    const precedingText = latin1(bytes.subarray(Math.max(0, index - MAX_OBJECT_HEADER), index + 1));
    const [matched, number] = /(\d{1,10})\s{1,4}\d{1,5}\s{0,4}obj$/.exec(precedingText) ?? [];
    if (number !== undefined)
      starts.push({ number: Number(number), start: index + 1 - matched!.length, offset: index + 1 });
  }
  return starts;
}
const [LETTER_B, LETTER_J, LETTER_O] = [0x62, 0x6a, 0x6f];
const MAX_OBJECT_HEADER = 32;

/** @param end start of the next object, where this one ends unless it is a stream */
function readObject(bytes: Uint8Array, offset: number, end: number, streams: StreamEnds): PdfObject {
  const reader = new ObjectReader(bytes.subarray(0, end), offset);
  const value = reader.readValue();
  const streamStart = reader.streamStart();
  return streamStart === undefined || !isDictionary(value)
    ? { value }
    : { value, packed: bytes.subarray(streamStart, streams.endOfStream(streamStart, value.get('Length'))) };
}

/** Finds the ends of streams, in order. */
class StreamEnds {
  /** Last end that was found. */
  private lastEnd = -1;

  constructor(private readonly bytes: Uint8Array) {}

  /** @param length as stated; if it is indirect or wrong, the stream extends to the next `endstream` */
  endOfStream(start: number, length: Value | undefined): number {
    if (
      typeof length === 'number' &&
      /^\s{0,4}endstream/.test(latin1(this.bytes.subarray(start + length, start + length + 16)))
    )
      return start + length;
    if (this.lastEnd < start) this.lastEnd = this.findEndStream(start);
    return this.lastEnd;
  }

  private findEndStream(start: number): number {
    const { bytes } = this;
    for (let index = bytes.indexOf(LETTER_E, start); index >= 0; index = bytes.indexOf(LETTER_E, index + 1))
      if (bytes[index + 1] === LETTER_N && latin1(bytes.subarray(index, index + 9)) === 'endstream') return index;
    return bytes.length;
  }
}
const [LETTER_E, LETTER_N] = [0x65, 0x6e];

class ObjectReader {
  constructor(
    private readonly bytes: Uint8Array,
    public position: number,
  ) {}

  readValue(depth = 0): Value {
    this.skipSpace();
    const byte = this.bytes[this.position];
    if (byte === undefined) return null;
    if (depth > MAX_DEPTH) {
      // Nothing that is needed is nested this deep.
      this.position = this.bytes.length;
      return null;
    }
    if (byte === SLASH) return { name: this.readName() };
    if (byte === OPEN_BRACKET) return this.readList(depth);
    if (byte === LESS_THAN)
      return this.bytes[this.position + 1] === LESS_THAN ? this.readDictionary(depth) : this.skipPast(GREATER_THAN);
    if (byte === OPEN_PARENTHESIS) return this.skipString();
    if ((byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e)
      return this.readNumberOrRef();
    // `true`, `false`, `null`, or an unknown word.
    const start = this.position;
    this.readWord();
    if (this.position === start) this.position++;
    return null;
  }

  /** Start of a stream's bytes, if there is one here. */
  streamStart(): number | undefined {
    this.skipSpace();
    const [, end] = /^stream(\r\n|\n|\r)/.exec(latin1(this.bytes.subarray(this.position, this.position + 8))) ?? [];
    return end === undefined ? undefined : this.position + 6 + end.length;
  }

  private readDictionary(depth: number): Dictionary {
    this.position += 2;
    const entries = new Map<string, Value>();
    for (;;) {
      this.skipSpace();
      const byte = this.bytes[this.position];
      if (byte === undefined) return entries;
      if (byte === GREATER_THAN) {
        this.position += 2;
        return entries;
      }
      if (byte === SLASH) entries.set(this.readName(), this.readValue(depth + 1));
      else this.position++;
    }
  }

  private readList(depth: number): Value[] {
    this.position++;
    const items: Value[] = [];
    for (;;) {
      this.skipSpace();
      const byte = this.bytes[this.position];
      if (byte === undefined) return items;
      if (byte === CLOSE_BRACKET) {
        this.position++;
        return items;
      }
      items.push(this.readValue(depth + 1));
    }
  }

  private readName(): string {
    this.position++;
    return this.readWord().replace(/#([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }

  private readNumberOrRef(): Value {
    const number = Number(this.readWord());
    const end = this.position;
    const [matched] = /^\s{1,4}\d{1,5}\s{1,4}R(?![\w])/.exec(latin1(this.bytes.subarray(end, end + 16))) ?? [];
    if (matched === undefined || !Number.isInteger(number)) return number;
    this.position = end + matched.length;
    return { ref: number };
  }

  /** Skips a string in parentheses, which may be nested. */
  private skipString(): null {
    let depth = 0;
    for (; this.position < this.bytes.length; this.position++) {
      const byte = this.bytes[this.position];
      if (byte === BACKSLASH) this.position++;
      else if (byte === OPEN_PARENTHESIS) depth++;
      else if (byte === CLOSE_PARENTHESIS && --depth === 0) {
        this.position++;
        break;
      }
    }
    return null;
  }

  private skipPast(byte: number): null {
    const end = this.bytes.indexOf(byte, this.position);
    this.position = end < 0 ? this.bytes.length : end + 1;
    return null;
  }

  private readWord(): string {
    const start = this.position;
    while (this.position < this.bytes.length && !ENDS.has(this.bytes[this.position]!)) this.position++;
    return latin1(this.bytes.subarray(start, Math.min(this.position, start + MAX_WORD_LENGTH)));
  }

  private skipSpace(): void {
    for (; this.position < this.bytes.length; this.position++) {
      const byte = this.bytes[this.position]!;
      if (byte === PERCENT)
        while (this.position < this.bytes.length && !LINE_ENDS.has(this.bytes[this.position]!)) this.position++;
      else if (!SPACES.has(byte)) return;
    }
  }
}

const codes = (letters: string): ReadonlySet<number> => new Set(Array.from(letters, (letter) => letter.charCodeAt(0)));
const SPACES = codes('\0\t\n\f\r ');
const LINE_ENDS = codes('\n\r');
/** Characters that end a word. */
const ENDS = codes('\0\t\n\f\r ()<>[]{}/%');
const [SLASH, BACKSLASH, PERCENT] = [0x2f, 0x5c, 0x25];
const [OPEN_PARENTHESIS, CLOSE_PARENTHESIS, OPEN_BRACKET, CLOSE_BRACKET, LESS_THAN, GREATER_THAN] = [
  0x28, 0x29, 0x5b, 0x5d, 0x3c, 0x3e,
];
const MAX_DEPTH = 64;
const MAX_WORD_LENGTH = 256;
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
