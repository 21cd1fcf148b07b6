/** Legacy text encodings. Proposes the possible ones with a sample in each, for the user to choose. */
import { concatBytes } from '../base/concat';
import { HomegrownError } from '../base/errors';

/** Encodings that browsers and Node decode, by name: https://encoding.spec.whatwg.org/#names-and-labels */
export const ENCODINGS = {
  'windows-1252': 'Western European, Windows-1252',
  macintosh: 'Western European, Macintosh',
  'windows-1250': 'Central European, Windows-1250',
  'iso-8859-2': 'Central European, ISO 8859-2',
  'windows-1257': 'Baltic, Windows-1257',
  'windows-1254': 'Turkish, Windows-1254',
  'windows-1253': 'Greek, Windows-1253',
  'iso-8859-7': 'Greek, ISO 8859-7',
  'windows-1251': 'Cyrillic, Windows-1251',
  'koi8-r': 'Russian, KOI8-R',
  'koi8-u': 'Ukrainian, KOI8-U',
  ibm866: 'Cyrillic, DOS 866',
  'iso-8859-5': 'Cyrillic, ISO 8859-5',
  'windows-1255': 'Hebrew, Windows-1255',
  'windows-1256': 'Arabic, Windows-1256',
  'iso-8859-6': 'Arabic, ISO 8859-6',
  'windows-874': 'Thai, Windows-874',
  'windows-1258': 'Vietnamese, Windows-1258',
  gb18030: 'Chinese, GB 18030',
  big5: 'Chinese, Big5',
  shift_jis: 'Japanese, Shift-JIS',
  'euc-jp': 'Japanese, EUC-JP',
  'euc-kr': 'Korean, EUC-KR',
  'utf-16le': 'UTF-16, little-endian',
  'utf-16be': 'UTF-16, big-endian',
} as const;
export type EncodingId = keyof typeof ENCODINGS;
/** The name without its languages: `KOI8-R`. */
export const encodingName = (id: EncodingId): string => (isUtf16(id) ? ENCODINGS[id] : ENCODINGS[id].split(', ')[1]!);
export const isEncoding = (id: string): id is EncodingId => Object.hasOwn(ENCODINGS, id);
export const isBadEncoding = (error: unknown): error is HomegrownError =>
  error instanceof HomegrownError && error.code === 'bad-encoding';

/** Reads a file as UTF-8; if it isn't UTF-8, in the requested encoding. */
export async function inItsEncoding<T>(
  requested: EncodingId | undefined,
  read: (encoding?: EncodingId) => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (requested === undefined || !isBadEncoding(error)) throw error;
    return read(requested);
  }
}

/** A possible encoding of bytes, and how the lines that distinguish it read in it. */
export interface Proposal {
  encoding: EncodingId;
  lines: readonly string[];
}

/**
 * Possible encodings of a text's bytes, the likeliest first. If the sample reads alike in several, proposes the most
 * common one: later text may differ.
 * @param sample from `nonAsciiSample`, or the head of possible UTF-16
 */
export async function proposalsOf(sample: Uint8Array): Promise<readonly Proposal[]> {
  const utf16 = utf16Of(sample);
  const candidates = utf16 ? [utf16] : (Object.keys(ENCODINGS) as EncodingId[]).filter((id) => !isUtf16(id));
  const textOf = new Map(candidates.map((id) => [id, decoded(sample, id)]));
  /** First encoding of ENCODINGS for each decoded text. */
  const firstEncoding = new Map<string, EncodingId>();
  for (const [id, text] of textOf) if (text !== undefined && !firstEncoding.has(text)) firstEncoding.set(text, id);
  const detectedIds = utf16 ? [] : await detected(sample);
  const texts = new Set([...detectedIds, ...candidates].flatMap((id) => textOf.get(id) ?? []));
  return [...texts].map((text) => ({ encoding: firstEncoding.get(text)!, lines: sampleLines(text) }));
}
export const isUtf16 = (encoding: EncodingId): encoding is Utf16 => encoding === 'utf-16le' || encoding === 'utf-16be';
type Utf16 = 'utf-16le' | 'utf-16be';

/** Likely encodings by ICU's statistics, which compare the letters with those of each encoding's languages. */
async function detected(sample: Uint8Array): Promise<readonly EncodingId[]> {
  const { analyse } = await import('chardet');
  return analyse(sample).flatMap(({ name }) => {
    const id = SUPERSETS[name] ?? name.toLowerCase();
    return isEncoding(id) ? [id] : [];
  });
}
/** Encodings read as a superset, by the standard or here: https://encoding.spec.whatwg.org/#names-and-labels */
const SUPERSETS: Readonly<Record<string, EncodingId>> = {
  'ISO-8859-1': 'windows-1252',
  'ISO-8859-9': 'windows-1254',
  'ISO-8859-8': 'windows-1255',
};

/** Decodes bytes; undefined if the result isn't text. */
function decoded(bytes: Uint8Array, encoding: EncodingId): string | undefined {
  let text;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
  // Control characters of 1992, and private-use characters, don't occur in text.
  if (text.trim() === '' || /[\u0080-\u0084\u0086-\u009f\ue000-\uf8ff]/.test(text)) return undefined;
  // A text may have one stray control character; in random bytes, a tenth are.
  const controls = text.match(/[\0-\x08\x0e-\x19\x1c-\x1f\x7f]/g)?.length ?? 0;
  return controls > MAX_CONTROL_SHARE * text.length ? undefined : text;
}
const MAX_CONTROL_SHARE = 0.02;

/** First lines with a non-ASCII character, else first lines, shortened around that character. */
function sampleLines(text: string): readonly string[] {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const nonAsciiLines = lines.filter((line) => NON_ASCII.test(line));
  return [...new Set(nonAsciiLines.length > 0 ? nonAsciiLines : lines)].slice(0, MAX_LINES).map(excerpt);
}
const NON_ASCII = /[^\0-\x7f]/;
const MAX_LINES = 3;

function excerpt(line: string): string {
  const start = Math.max(0, line.search(NON_ASCII) - EXCERPT_CONTEXT);
  const [leadingEllipsis, trailingEllipsis] = [
    start > 0 ? '…' : '',
    start + MAX_EXCERPT_LENGTH < line.length ? '…' : '',
  ];
  return `${leadingEllipsis}${line.slice(start, start + MAX_EXCERPT_LENGTH).trim()}${trailingEllipsis}`.toWellFormed();
}
/** Code units shown before the first non-ASCII character. */
const EXCERPT_CONTEXT = 24;
const MAX_EXCERPT_LENGTH = 72;

/** The UTF-16 byte order that the first bytes suggest without a byte order mark: every other byte is 0. */
export function utf16Of(head: Uint8Array): Utf16 | undefined {
  const zeros = [0, 1].map((parity) => head.filter((byte, i) => byte === 0 && i % 2 === parity).length);
  if (Math.max(...zeros) <= 0.3 * (head.length / 2) || Math.min(...zeros) >= 0.05 * (head.length / 2)) return undefined;
  return zeros[1]! > zeros[0]! ? 'utf-16le' : 'utf-16be';
}

/**
 * Bytes that decide the encoding of a text: its first lines beyond ASCII, which all encodings here share; for UTF-16,
 * its head. Returns about SAMPLE bytes at most, from about the first MAX_SEARCHED_BYTES.
 */
export async function nonAsciiSample(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const lines: Uint8Array[] = [];
  let [size, searched] = [0, 0];
  let remaining: Uint8Array = new Uint8Array();
  const addLine = (line: Uint8Array): void => {
    if (line.every((byte) => byte < 0x80) || size >= SAMPLE_BYTES) return;
    const firstNonAscii = line.findIndex((byte) => byte >= 0x80);
    const isLong = line.length > SAMPLE_BYTES - size;
    // A character cut off at the end is not an error, but one before another line would be.
    lines.push(
      isLong ? line.subarray(firstNonAscii, firstNonAscii + SAMPLE_BYTES - size) : concatBytes([line, LINE_END]),
    );
    size += isLong ? SAMPLE_BYTES : line.length + 1;
  };
  for await (const chunk of bytes) {
    const piece = remaining.length === 0 ? chunk : concatBytes([remaining, chunk]);
    if (searched === 0 && utf16Of(piece.subarray(0, SAMPLE_BYTES))) return piece.slice(0, SAMPLE_BYTES & ~1);
    let lineStart = 0;
    for (let lineEnd = piece.indexOf(0x0a); lineEnd >= 0; lineEnd = piece.indexOf(0x0a, lineStart)) {
      addLine(piece.subarray(lineStart, lineEnd));
      lineStart = lineEnd + 1;
    }
    remaining = piece.slice(lineStart);
    if (remaining.length > SAMPLE_BYTES) {
      addLine(remaining);
      remaining = new Uint8Array();
    }
    searched += chunk.length;
    if (size >= SAMPLE_BYTES || searched >= MAX_SEARCHED_BYTES) break;
  }
  addLine(remaining);
  return concatBytes(lines);
}
const LINE_END = Uint8Array.of(0x0a);
/** Size of a sample, in bytes. */
const SAMPLE_BYTES = 2 ** 15;
const MAX_SEARCHED_BYTES = 2 ** 26;
