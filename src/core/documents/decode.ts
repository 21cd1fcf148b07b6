import { concatBytes } from '../base/concat';
import { badFile } from '../base/errors';
import { formatCount } from '../base/units';
import { invalidUtf8 } from '../base/utf8';
import { type Signature, signatureOf } from '../files/signatures';
import { MARKUP_HEAD, MARKUPS, markupOf } from './markup';
import type { OpenFile } from './read/format';

/**
 * The characters of a plain text file: UTF-8, or UTF-16 where a byte order mark says so. The mark is left out and noted;
 * not one other character is changed.
 * @throws HomegrownError `bad-file` for what is not text, at the first byte that shows it
 */
export const decodeText = (file: OpenFile): AsyncGenerator<string> => decode(file, true);

/** As `decodeText`, of a file that something is taken out of: its markup is not learnt. */
export const decodeParsed = (file: OpenFile): AsyncGenerator<string> => decode(file, false);

async function* decode({ name, bytes, note }: OpenFile, isWhole: boolean): AsyncGenerator<string> {
  let decoder: Decoder | undefined;
  let nuls = 0;
  let read = 0;
  for await (const chunk of withHead(bytes, MARKUP_HEAD)) {
    decoder ??= begin(name, chunk, isWhole, note);
    const text = decoder.push(chunk);
    for (let at = text.indexOf('\0'); at >= 0; at = text.indexOf('\0', at + 1)) nuls++;
    read += text.length;
    if (nuls > MOST_NULS * Math.max(read, HEAD)) throw binary(name, nuls, read);
    yield text;
  }
  decoder?.end();
  if (nuls > MOST_NULS * read) throw binary(name, nuls, read);
}

/** Characters below which a NUL is one too many. */
const HEAD = 512;
/** A share of NUL characters that no text has. */
const MOST_NULS = 0.001;

/** Bytes decoded at once, so that a text of one chunk is never one string. */
const MOST_BYTES = 1 << 20;

/** The same bytes; the first piece holds at least `least` of them where there are as many. */
async function* withHead(bytes: AsyncIterable<Uint8Array>, least: number): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array();
  for await (const chunk of bytes) {
    const piece: Uint8Array = head ? joined(head, chunk) : chunk;
    head = head && piece.length < least ? piece : undefined;
    for (let from = 0; !head && from < piece.length; from += MOST_BYTES) yield piece.subarray(from, from + MOST_BYTES);
  }
  if (head?.length) yield head;
}

interface Decoder {
  push(chunk: Uint8Array): string;
  /** @throws HomegrownError when the file ended inside a character */
  end(): void;
}

function begin(name: string, head: Uint8Array, isWhole: boolean, note: (sentence: string) => void): Decoder {
  const signature = signatureOf(name, head);
  if (signature) throw badFile(`${name} is ${signature.name}, not plain text.`, REMEDIES[signature.kind]);
  const markup = isWhole ? markupOf(name, head) : null;
  if (markup) note(`Is taken as the ${MARKUPS[markup].one} that it is: the model learns its markup too`);
  const starts = (...mark: number[]): boolean => mark.every((byte, i) => head[i] === byte);
  if (starts(0xff, 0xfe, 0, 0) || starts(0, 0, 0xfe, 0xff)) {
    throw badFile(`${name} is in UTF-32, which is not read.`, 'Save it as UTF-8 and add it again.');
  }
  if (starts(0xef, 0xbb, 0xbf)) {
    note('Began with a UTF-8 byte order mark, which was left out');
    return strict(name, 'utf-8', 3);
  }
  if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) {
    const encoding = starts(0xff, 0xfe) ? 'utf-16le' : 'utf-16be';
    note(`Was in UTF-16 ${encoding === 'utf-16le' ? 'little' : 'big'}-endian, and is kept as UTF-8`);
    return strict(name, encoding, 2);
  }
  const zeros = [0, 1].map((parity) => head.filter((byte, i) => byte === 0 && i % 2 === parity).length);
  if (Math.max(...zeros) > 0.3 * (head.length / 2) && Math.min(...zeros) < 0.05 * (head.length / 2)) {
    throw badFile(`${name} looks like UTF-16 without a byte order mark.`, 'Save it as UTF-8 and add it again.');
  }
  return strict(name, 'utf-8', 0);
}

/** How the text in a file that is none can be had. */
const REMEDIES: Readonly<Record<Signature['kind'], string>> = {
  document: 'Export it as plain text and add that.',
  archive: 'Unpack it and add the text files in it.',
  other: 'Only text can be learnt from.',
};

/** A fatal decoder that says where it failed. `skip`: bytes of the mark to leave out. */
function strict(name: string, encoding: Encoding, skip: number): Decoder {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  const { completeTo, faultAt } = ENCODINGS[encoding];
  /** Bytes of a character that goes on in the next chunk, and their offset in the file. */
  let tail: Uint8Array = new Uint8Array();
  let offset = 0;
  /** The end of the text so far. */
  let context = '';
  return {
    push(chunk) {
      const from = offset === 0 ? skip : 0;
      const bytes = joined(tail, chunk.subarray(from));
      offset += from;
      const end = completeTo(bytes);
      let text;
      try {
        text = decoder.decode(bytes.subarray(0, end));
      } catch {
        const at = faultAt(bytes);
        const before = context + decoder.decode(bytes.subarray(0, at));
        throw invalid(name, encoding, offset + at, bytes.subarray(at, at + 2), before.slice(-CONTEXT));
      }
      context = text === '' ? context : text.slice(-CONTEXT);
      offset += end;
      tail = bytes.slice(end);
      return text;
    },
    end() {
      if (tail.length > 0) {
        throw badFile(
          `${name} ends inside a character: what begins at byte ${formatCount(offset)} is not whole.`,
          'It was cut off, or is in an older encoding such as Windows-1252. Get it again, or save it as UTF-8.',
        );
      }
    },
  };
}

type Encoding = keyof typeof ENCODINGS;
const ENCODINGS = {
  'utf-8': { completeTo: completeUtf8, faultAt: (bytes: Uint8Array) => invalidUtf8(bytes)?.at ?? 0 },
  'utf-16le': utf16(1),
  'utf-16be': utf16(0),
};

/** Length of the bytes without a last character that is not all there yet. */
function completeUtf8(bytes: Uint8Array): number {
  const n = bytes.length;
  for (let back = 1; back <= Math.min(3, n); back++) {
    const byte = bytes[n - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? n - back : n;
  }
  return n;
}

/** @param high index of the more significant byte in a unit */
function utf16(high: 0 | 1) {
  const isSurrogate = (bytes: Uint8Array, at: number, kind: 0xd8 | 0xdc): boolean =>
    ((bytes[at + high] ?? 0) & 0xfc) === kind;
  return {
    completeTo: (bytes: Uint8Array): number => {
      const even = bytes.length & ~1;
      return even > 0 && isSurrogate(bytes, even - 2, 0xd8) ? even - 2 : even;
    },
    faultAt: (bytes: Uint8Array): number => {
      for (let at = 0; at < bytes.length; at += 2) {
        if (isSurrogate(bytes, at, 0xdc)) return at;
        if (!isSurrogate(bytes, at, 0xd8)) continue;
        if (!isSurrogate(bytes, at + 2, 0xdc)) return at;
        at += 2;
      }
      return 0;
    },
  };
}

function invalid(name: string, encoding: Encoding, offset: number, bytes: Uint8Array, before: string): Error {
  const hex = Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
  const place = `at byte ${formatCount(offset)}${before === '' ? '' : `, after ${JSON.stringify(before)}`}`;
  return badFile(
    `${name} is not valid ${encoding.slice(0, 6).toUpperCase()}: bytes ${hex} ${place}.`,
    'It may be in an older encoding such as Windows-1252 or Shift-JIS. Save it as UTF-8 and add it again.',
  );
}
/** Code units of text shown before a fault. */
const CONTEXT = 24;

const binary = (name: string, nuls: number, characters: number): Error =>
  badFile(
    `${name} looks like a binary file: ${formatCount(nuls)} of its first ${formatCount(characters)} characters are NUL.`,
    'Only text can be learnt from.',
  );

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.length === 0 ? b : concatBytes([a, b]);
}
