import { concatBytes } from '../base/concat';
import { badFile, HomegrownError, withoutText } from '../base/errors';
import { formatCount } from '../base/units';
import { invalidUtf8 } from '../base/utf8';
import { once } from '../files/byteSource';
import { type Signature, signatureOf } from '../files/signatures';
import { type EncodingId, ENCODINGS, isUtf16, proposalsOf, nonAsciiSample, utf16Of } from './encodings';
import { MARKUP_HEAD, MARKUPS, markupOf } from './markup';
import type { OpenFile, TextPiece } from './formats/format';

/**
 * Decodes a plain text file: UTF-8, UTF-16 with a byte order mark, or the encoding that the user chose. Drops and notes
 * the mark, and changes no other character.
 * @throws HomegrownError `bad-file` for binary content, at the first byte that shows it; `bad-encoding` for possible
 * text in an unknown encoding, with the likely encodings and a sample in each
 */
export const decodeText = (file: OpenFile): AsyncGenerator<TextPiece> => decode(file, !file.isProse);

/** Like `decodeText`, for source code, where markup is expected. */
export const decodeCode = (file: OpenFile): AsyncGenerator<TextPiece> => decode(file, false);

/** Decodes a file from which text is extracted. Its markup isn't trained on, so it gets no note. */
export async function* decodeParsed(file: OpenFile): AsyncGenerator<string> {
  for await (const { text } of decode(file, false)) yield text;
}

async function* decode(
  { name, bytes, note, encoding }: OpenFile,
  shouldNoteMarkup: boolean,
): AsyncGenerator<TextPiece> {
  let decoder: Decoder | undefined;
  let nulCount = 0;
  let characterCount = 0;
  let lastChunk: Uint8Array = new Uint8Array();
  const toFileError = async (error: unknown): Promise<unknown> =>
    error instanceof EncodingFault ? await proposeEncodings(error, lastChunk, encoding) : error;
  for await (const chunk of withHead(bytes, MARKUP_HEAD)) {
    lastChunk = chunk;
    let piece;
    try {
      decoder ??= createDecoder(name, chunk, shouldNoteMarkup, note, encoding);
      piece = decoder.push(chunk);
    } catch (error) {
      throw await toFileError(error);
    }
    const { text } = piece;
    for (let index = text.indexOf('\0'); index >= 0; index = text.indexOf('\0', index + 1)) nulCount++;
    characterCount += text.length;
    if (nulCount > MAX_NUL_SHARE * Math.max(characterCount, MIN_COUNTED_CHARACTERS))
      throw binaryError(name, nulCount, characterCount);
    yield piece;
  }
  try {
    decoder?.end();
  } catch (error) {
    throw await toFileError(error);
  }
  if (nulCount > MAX_NUL_SHARE * characterCount) throw binaryError(name, nulCount, characterCount);
}

/** Minimum number of characters that the NUL share refers to while a file is read. */
const MIN_COUNTED_CHARACTERS = 512;
/** Share of NUL characters above which a file is binary. */
const MAX_NUL_SHARE = 0.001;

/** Bytes decoded at once, so that a text of one chunk is never one string. */
const MAX_PIECE_BYTES = 1 << 20;

/** Passes the bytes through, with a first piece of at least `min` bytes if there are as many. */
async function* withHead(bytes: AsyncIterable<Uint8Array>, min: number): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array();
  for await (const chunk of bytes) {
    const piece: Uint8Array = head ? joined(head, chunk) : chunk;
    head = head && piece.length < min ? piece : undefined;
    for (let offset = 0; !head && offset < piece.length; offset += MAX_PIECE_BYTES)
      yield piece.subarray(offset, offset + MAX_PIECE_BYTES);
  }
  if (head?.length) yield head;
}

interface Decoder {
  /** @throws Fault if another encoding may fit, else HomegrownError `bad-file` */
  push(chunk: Uint8Array): TextPiece;
  /** @throws as `push`, if the file ends inside a character */
  end(): void;
}

function createDecoder(
  name: string,
  head: Uint8Array,
  shouldNoteMarkup: boolean,
  note: (sentence: string) => void,
  encoding?: EncodingId,
): Decoder {
  const signature = signatureOf(name, head);
  if (signature) throw signatureError(name, signature);
  const markup = shouldNoteMarkup ? markupOf(name, head) : null;
  if (markup) note(`Used as plain text: the model learns the markup of this ${MARKUPS[markup].one} too`);
  const startsWith = (...mark: number[]): boolean => mark.every((byte, i) => head[i] === byte);
  if (startsWith(0xff, 0xfe, 0, 0) || startsWith(0, 0, 0xfe, 0xff)) {
    throw badFile(`${name} is in UTF-32, which Homegrown can't read.`, 'Save it as UTF-8 and add it again.');
  }
  if (startsWith(0xef, 0xbb, 0xbf)) {
    note('Removed a UTF-8 byte order mark');
    return unicodeDecoder(name, 'utf-8', 3);
  }
  if (startsWith(0xff, 0xfe) || startsWith(0xfe, 0xff)) {
    const encoding = startsWith(0xff, 0xfe) ? 'utf-16le' : 'utf-16be';
    note(`Converted from UTF-16 ${encoding === 'utf-16le' ? 'little' : 'big'}-endian to UTF-8`);
    return unicodeDecoder(name, encoding, 2);
  }
  if (encoding) {
    note(`Converted from ${ENCODINGS[encoding]} to UTF-8`);
    return isUtf16(encoding) ? unicodeDecoder(name, encoding, 0) : legacyDecoder(name, encoding);
  }
  if (utf16Of(head)) throw new EncodingFault(`${name} looks like UTF-16 without a byte order mark.`);
  return unicodeDecoder(name, 'utf-8', 0);
}

/** Refuses a file by its signature. Only documents and archives contain text that could be exported. */
function signatureError(name: string, { name: description, kind }: Signature): HomegrownError {
  const message = `${name} is ${description}, not plain text.`;
  return kind === 'other'
    ? withoutText(description.replace(/^an? /, ''), message, REMEDIES.other)
    : badFile(message, REMEDIES[kind]);
}

/** How to get text out of a file that isn't text. */
const REMEDIES: Readonly<Record<Signature['kind'], string>> = {
  document: 'Export it as plain text, and add that file.',
  archive: 'Unpack it and add the text files in it.',
  other: 'Models train on text only.',
};

/** Fatal Unicode decoder that says where it failed. @param markBytes bytes of the byte order mark, which rules out others */
function unicodeDecoder(name: string, encoding: Unicode, markBytes: number): Decoder {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  const { completeTo, faultAt } = UNICODE[encoding];
  /** Bytes of a character that continues in the next chunk, and their offset in the file. */
  let incomplete: Uint8Array = new Uint8Array();
  let offset = 0;
  /** End of the text decoded so far. */
  let context = '';
  const invalidError = (message: string): Error =>
    markBytes > 0
      ? badFile(message, 'It is damaged or cut off. Download it again, or save it as UTF-8.')
      : new EncodingFault(message);
  return {
    push(chunk) {
      const start = offset === 0 ? markBytes : 0;
      const bytes = joined(incomplete, chunk.subarray(start));
      offset += start;
      const end = completeTo(bytes);
      const complete = bytes.subarray(0, end);
      let text;
      try {
        text = decoder.decode(complete);
      } catch {
        const faultOffset = faultAt(bytes);
        const precedingText = context + decoder.decode(bytes.subarray(0, faultOffset));
        throw invalidError(
          invalidMessage(
            name,
            encoding,
            offset + faultOffset,
            bytes.subarray(faultOffset, faultOffset + 2),
            precedingText.slice(-CONTEXT),
          ),
        );
      }
      context = text === '' ? context : text.slice(-CONTEXT);
      offset += end;
      incomplete = bytes.slice(end);
      // Valid UTF-8 equals the original bytes.
      return { text, ...(encoding === 'utf-8' && { utf8: complete }) };
    },
    end() {
      if (incomplete.length > 0) {
        throw invalidError(`${name} ends inside the character that starts at byte ${formatCount(offset)}.`);
      }
    },
  };
}

type Unicode = keyof typeof UNICODE;
const UNICODE = {
  'utf-8': { completeTo: completeUtf8, faultAt: (bytes: Uint8Array) => invalidUtf8(bytes)?.at ?? 0 },
  'utf-16le': utf16Scanner(1),
  'utf-16be': utf16Scanner(0),
};

/** Length of the bytes without an incomplete last character. */
function completeUtf8(bytes: Uint8Array): number {
  const length = bytes.length;
  for (let distance = 1; distance <= Math.min(3, length); distance++) {
    const byte = bytes[length - distance]!;
    if ((byte & 0xc0) === 0x80) continue;
    const characterBytes = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return characterBytes > distance ? length - distance : length;
  }
  return length;
}

/** @param highByte index of the more significant byte in a unit */
function utf16Scanner(highByte: 0 | 1) {
  const isSurrogate = (bytes: Uint8Array, offset: number, kind: 0xd8 | 0xdc): boolean =>
    ((bytes[offset + highByte] ?? 0) & 0xfc) === kind;
  return {
    completeTo: (bytes: Uint8Array): number => {
      const evenLength = bytes.length & ~1;
      return evenLength > 0 && isSurrogate(bytes, evenLength - 2, 0xd8) ? evenLength - 2 : evenLength;
    },
    faultAt: (bytes: Uint8Array): number => {
      for (let offset = 0; offset < bytes.length; offset += 2) {
        if (isSurrogate(bytes, offset, 0xdc)) return offset;
        if (!isSurrogate(bytes, offset, 0xd8)) continue;
        if (!isSurrogate(bytes, offset + 2, 0xdc)) return offset;
        offset += 2;
      }
      return 0;
    },
  };
}

function invalidMessage(
  name: string,
  encoding: Unicode,
  offset: number,
  bytes: Uint8Array,
  precedingText: string,
): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
  const place = `at byte ${formatCount(offset)}${precedingText === '' ? '' : `, after ${JSON.stringify(precedingText)}`}`;
  return `${name} is not valid ${encoding.slice(0, 6).toUpperCase()}: bytes ${hex} ${place}.`;
}

/** Fatal decoder of a legacy encoding. Decodes a few bytes at a time, to know where it failed. */
function legacyDecoder(name: string, encoding: EncodingId): Decoder {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let offset = 0;
  let context = '';
  const decodePart = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      const place = bytes ? `byte ${formatCount(offset)} or the ${formatCount(bytes.length)} after it` : 'its end';
      throw new EncodingFault(`${name} is not ${ENCODINGS[encoding]}, at ${place}, after ${JSON.stringify(context)}.`);
    }
  };
  return {
    push(chunk) {
      let text = '';
      for (let start = 0; start < chunk.length; start += LEGACY_PART_BYTES) {
        const bytes = chunk.subarray(start, start + LEGACY_PART_BYTES);
        const decoded = decodePart(bytes);
        context = decoded === '' ? context : decoded.slice(-CONTEXT);
        offset += bytes.length;
        text += decoded;
      }
      return { text };
    },
    end: () => void decodePart(),
  };
}
/** Bytes decoded in one call, which bounds how exactly an error names its place. */
const LEGACY_PART_BYTES = 256;

/** Reports bytes that aren't valid in the encoding. */
class EncodingFault extends Error {}

/** Proposes likely encodings. @param chunk that contains the invalid bytes */
async function proposeEncodings(
  { message }: EncodingFault,
  chunk: Uint8Array,
  encoding?: EncodingId,
): Promise<HomegrownError> {
  const proposals = await proposalsOf(await nonAsciiSample(once(chunk)));
  const likely = proposals.filter((proposal) => proposal.encoding !== encoding).slice(0, 3);
  const samples = likely.map(({ encoding, lines: [line] }) => `${encoding} (\u201c${line}\u201d)`);
  const hint =
    samples.length === 0
      ? 'It may be damaged, cut off, or not text.'
      : `It may be in ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(samples)}.`;
  return new HomegrownError(
    'bad-encoding',
    message,
    `${hint} Choose its encoding, or save it as UTF-8 and add it again.`,
  );
}
/** Code units of text shown before a fault. */
const CONTEXT = 24;

const binaryError = (name: string, nuls: number, characters: number): Error =>
  withoutText(
    'binary file',
    `${name} looks like a binary file: ${formatCount(nuls)} of its first ${formatCount(characters)} characters are NUL.`,
    'Models train on text only.',
  );

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.length === 0 ? b : concatBytes([a, b]);
}
