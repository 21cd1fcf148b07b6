/**
 * Encodes a text as UTF-8. Caches the last result, which nobody may change. For long texts, `encodeInto` and a copy
 * take a third of the time of `encode`; for short ones, more.
 */
export function utf8Of(text: string): Uint8Array {
  if (text.length > MAX_KEPT) return encoder.encode(text);
  if (text !== last.text) last = { text, bytes: text.length < LONG ? encoder.encode(text) : inRoom(text) };
  return last.bytes;
}
let last = { text: '', bytes: new Uint8Array() };
function inRoom(text: string): Uint8Array<ArrayBuffer> {
  if (3 * text.length > room.length) room = new Uint8Array(2 ** Math.ceil(Math.log2(3 * text.length)));
  return room.slice(0, encoder.encodeInto(text, room).written);
}
let room = new Uint8Array();
const encoder = new TextEncoder();
/** Limits in UTF-16 code units: the shortest text for `encodeInto`, and the longest that is cached. */
const LONG = 2 ** 14;
const MAX_KEPT = 2 ** 21;

/** Counts characters (code points) of a well-formed text: code units minus surrogate pairs. */
export function countCharacters(text: string): number {
  let n = text.length;
  // Nearly every long text has no surrogates, which the engine's own search finds several times as fast.
  if (n > 100 && !HIGH_SURROGATE.test(text)) return n;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xd800) n--;
  return n;
}
const HIGH_SURROGATE = /[\ud800-\udbff]/;

/** Counts characters of UTF-8, four bytes at a time, because every imported text is counted. */
export function charactersIn(utf8: Uint8Array): number {
  // `slice` of Node's Buffer shares the bytes instead of copying them.
  const bytes = utf8.byteOffset % 4 === 0 ? utf8 : new Uint8Array(utf8);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  let n = bytes.length;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if ((word & 0x80808080) === 0) continue;
    // Lowest bit of each byte of the form 10xxxxxx; the product's highest byte is their sum.
    const goesOn = (word >>> 7) & ~(word >>> 6) & 0x01010101;
    n -= Math.imul(goesOn, 0x01010101) >>> 24;
  }
  for (let i = 4 * words.length; i < bytes.length; i++) if ((bytes[i]! & 0xc0) === 0x80) n--;
  return n;
}

/** Nearest position at or below `end` that doesn't split a surrogate pair of `text`. */
export const characterEnd = (text: string, end: number): number =>
  end > 0 && end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? end - 1 : end;

/** Index of the first byte that can't be UTF-8 (Unicode table 3-7), or of an unfinished last character. */
export function invalidUtf8(bytes: Uint8Array): { at: number; unfinished: boolean } | null {
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i]!;
    const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length === 0) return { at: i, unfinished: false };
    for (let k = 1; k < length; k++) {
      const byte = bytes[i + k];
      if (byte === undefined) return { at: i, unfinished: true };
      const [low, high] = k === 1 ? secondByte(lead) : [0x80, 0xbf];
      if (byte < low || byte > high) return { at: i, unfinished: false };
    }
    i += length;
  }
  return null;
}

/** Range of the byte after a lead byte: no overlong forms, no surrogates, nothing above U+10FFFF. */
function secondByte(lead: number): readonly [low: number, high: number] {
  switch (lead) {
    case 0xe0:
      return [0xa0, 0xbf];
    case 0xed:
      return [0x80, 0x9f];
    case 0xf0:
      return [0x90, 0xbf];
    case 0xf4:
      return [0x80, 0x8f];
    default:
      return [0x80, 0xbf];
  }
}
