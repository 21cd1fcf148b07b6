/** Encodings that UTF-8 is most often mistaken for. Encodes text back to its original bytes. */
import { CP437 } from '../../../files/codePages';

/**
 * Codecs in ftfy's order. A sloppy codec maps unassigned bytes as Latin-1 does, like browsers, and U+FFFD to byte 1A.
 */
export const CODECS = [
  codec('latin1', Array.from({ length: 128 }, (_, i) => String.fromCharCode(128 + i)).join(''), false),
  decoderCodec('windows-1252', true),
  decoderCodec('windows-1251', true),
  decoderCodec('windows-1250', true),
  decoderCodec('windows-1253', true),
  decoderCodec('windows-1254', true),
  decoderCodec('windows-1257', true),
  decoderCodec('iso-8859-2', false),
  decoderCodec('macintosh', false),
  codec('cp437', CP437, false),
] as const;

interface Codec {
  name: string;
  isSloppy: boolean;
  /** Byte of each character of the upper half. */
  bytes: ReadonlyMap<number, number>;
}

/** Encodes a text to bytes, one per character; undefined if the encoding lacks a character. */
export function encode(text: string, { isSloppy, bytes }: Codec): string | undefined {
  const codes = new Array<number>(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const byte = code < 0x80 && !(isSloppy && code === 0x1a) ? code : bytes.get(code);
    if (byte === undefined) return undefined;
    codes[i] = byte;
  }
  return textFromCodes(codes);
}

/** Windows-1252 character for a Latin-1 control character. */
export const fromC1 = (character: string): string => C1[character.charCodeAt(0) - 0x80]!;
const C1 = upperHalf('windows-1252');

/** Decodes UTF-8, or the variants of Java and CESU-8, from bytes, one per character; undefined if invalid. */
export function decodeUtf8(bytes: string): string | undefined {
  const standard = bytes
    .replaceAll('\xc0\x80', '\0')
    .replace(/\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]/g, fromSurrogates);
  try {
    return UTF8.decode(Uint8Array.from(standard, (byte) => byte.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Converts two surrogates in six bytes to four bytes of UTF-8. */
function fromSurrogates(six: string): string {
  const bits = (index: number, mask: number) => six.charCodeAt(index) & mask;
  const code = 0x10000 + (bits(1, 0x0f) << 16) + (bits(2, 0x3f) << 10) + (bits(4, 0x0f) << 6) + bits(5, 0x3f);
  return String.fromCharCode(
    0xf0 | (code >> 18),
    0x80 | ((code >> 12) & 0x3f),
    0x80 | ((code >> 6) & 0x3f),
    0x80 | (code & 0x3f),
  );
}

function decoderCodec(name: string, isSloppy: boolean): Codec {
  return codec(name, upperHalf(name), isSloppy);
}
function codec(name: string, upper: string, isSloppy: boolean): Codec {
  const bytes = new Map(Array.from(upper, (character, i) => [character.charCodeAt(0), 0x80 + i] as const));
  if (isSloppy) bytes.set(0xfffd, 0x1a);
  return { name, isSloppy, bytes };
}
function upperHalf(name: string): string {
  const bytes = Uint8Array.from({ length: 128 }, (_, i) => 0x80 + i);
  // Without `stream`, Node 20 decodes Windows-1252 as Latin-1.
  const upper = new TextDecoder(name).decode(bytes, { stream: true });
  return Array.from(upper, (character, i) => (character === '\ufffd' ? String.fromCharCode(0x80 + i) : character)).join(
    '',
  );
}
function textFromCodes(codes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < codes.length; i += 0x4000) text += String.fromCharCode(...codes.slice(i, i + 0x4000));
  return text;
}
