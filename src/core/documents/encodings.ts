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
export const encodingName = (id: EncodingId): string => (isWide(id) ? ENCODINGS[id] : ENCODINGS[id].split(', ')[1]!);
export const isEncoding = (id: string): id is EncodingId => Object.hasOwn(ENCODINGS, id);
export const isBadEncoding = (error: unknown): error is HomegrownError =>
  error instanceof HomegrownError && error.code === 'bad-encoding';

/** Reads a file as UTF-8; if it isn't UTF-8, in the requested encoding. */
export async function inItsEncoding<T>(
  wanted: EncodingId | undefined,
  read: (encoding?: EncodingId) => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (wanted === undefined || !isBadEncoding(error)) throw error;
    return read(wanted);
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
 * @param sample from `tellingLines`, or the head of possible UTF-16
 */
export async function proposalsOf(sample: Uint8Array): Promise<readonly Proposal[]> {
  const wide = utf16Of(sample);
  const all = wide ? [wide] : (Object.keys(ENCODINGS) as EncodingId[]).filter((id) => !isWide(id));
  const textOf = new Map(all.map((id) => [id, decoded(sample, id)]));
  /** First encoding of ENCODINGS for each decoded text. */
  const commonest = new Map<string, EncodingId>();
  for (const [id, text] of textOf) if (text !== undefined && !commonest.has(text)) commonest.set(text, id);
  const likely = wide ? [] : await detected(sample);
  const texts = new Set([...likely, ...all].flatMap((id) => textOf.get(id) ?? []));
  return [...texts].map((text) => ({ encoding: commonest.get(text)!, lines: linesOf(text) }));
}
export const isWide = (encoding: EncodingId): encoding is Wide => encoding === 'utf-16le' || encoding === 'utf-16be';
type Wide = 'utf-16le' | 'utf-16be';

/** Likely encodings by ICU's statistics, which compare the letters with those of each encoding's languages. */
async function detected(sample: Uint8Array): Promise<readonly EncodingId[]> {
  const { analyse } = await import('chardet');
  return analyse(sample).flatMap(({ name }) => {
    const id = NAMED_OTHERWISE[name] ?? name.toLowerCase();
    return isEncoding(id) ? [id] : [];
  });
}
/** Encodings read as a superset, by the standard or here: https://encoding.spec.whatwg.org/#names-and-labels */
const NAMED_OTHERWISE: Readonly<Record<string, EncodingId>> = {
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
function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => OTHER.test(line));
  return [...new Set(telling.length > 0 ? telling : lines)].slice(0, MAX_LINES).map(around);
}
const OTHER = /[^\0-\x7f]/;
const MAX_LINES = 3;

function around(line: string): string {
  const from = Math.max(0, line.search(OTHER) - BEFORE);
  const [start, end] = [from > 0 ? '…' : '', from + MAX_LENGTH < line.length ? '…' : ''];
  return `${start}${line.slice(from, from + MAX_LENGTH).trim()}${end}`.toWellFormed();
}
/** Code units shown before the first non-ASCII character. */
const BEFORE = 24;
const MAX_LENGTH = 72;

/** The UTF-16 byte order that the first bytes suggest without a byte order mark: every other byte is 0. */
export function utf16Of(head: Uint8Array): Wide | undefined {
  const zeros = [0, 1].map((parity) => head.filter((byte, i) => byte === 0 && i % 2 === parity).length);
  if (Math.max(...zeros) <= 0.3 * (head.length / 2) || Math.min(...zeros) >= 0.05 * (head.length / 2)) return undefined;
  return zeros[1]! > zeros[0]! ? 'utf-16le' : 'utf-16be';
}

/**
 * Bytes that decide the encoding of a text: its first lines beyond ASCII, which all encodings here share; for UTF-16,
 * its head. Returns about SAMPLE bytes at most, from about the first MAX_SEARCHED_BYTES.
 */
export async function tellingLines(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const found: Uint8Array[] = [];
  let [size, searched] = [0, 0];
  let rest: Uint8Array = new Uint8Array();
  const take = (line: Uint8Array): void => {
    if (line.every((byte) => byte < 0x80) || size >= SAMPLE) return;
    const first = line.findIndex((byte) => byte >= 0x80);
    const isLong = line.length > SAMPLE - size;
    // A character cut off at the end is not an error, but one before another line would be.
    found.push(isLong ? line.subarray(first, first + SAMPLE - size) : concatBytes([line, LINE_END]));
    size += isLong ? SAMPLE : line.length + 1;
  };
  for await (const chunk of bytes) {
    const piece = rest.length === 0 ? chunk : concatBytes([rest, chunk]);
    if (searched === 0 && utf16Of(piece.subarray(0, SAMPLE))) return piece.slice(0, SAMPLE & ~1);
    let from = 0;
    for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, from)) {
      take(piece.subarray(from, at));
      from = at + 1;
    }
    rest = piece.slice(from);
    if (rest.length > SAMPLE) {
      take(rest);
      rest = new Uint8Array();
    }
    searched += chunk.length;
    if (size >= SAMPLE || searched >= MAX_SEARCHED_BYTES) break;
  }
  take(rest);
  return concatBytes(found);
}
const LINE_END = Uint8Array.of(0x0a);
/** Size of a sample, in bytes. */
const SAMPLE = 2 ** 15;
const MAX_SEARCHED_BYTES = 2 ** 26;
