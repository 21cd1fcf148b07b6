/** Normalizes lines for comparison: trimmed, with one 0 for each number. Hashes their UTF-8, four bytes at a time. */
import { finalMix } from '../../base/murmur3';
import { utf8Of } from '../../base/utf8';

export interface LineKey {
  /** Two 32-bit hashes; equal for lines that are equal after normalization. */
  first: number;
  second: number;
  /** Length without surrounding white space, in UTF-16 code units. */
  length: number;
  hasLetter: boolean;
  hasDigit: boolean;
}
export const newKey = (): LineKey => ({ first: 0, second: 0, length: 0, hasLetter: false, hasDigit: false });

/**
 * Visits each line of at least `min` code units, including its end, with its range in the text.
 * @param key reused for each line, to avoid millions of objects
 */
export function eachLine(
  text: string,
  min: number,
  key: LineKey,
  visit: (key: LineKey, from: number, to: number) => void,
): void {
  const utf8 = viewOf(utf8Of(text));
  for (let from = 0, start = 0; from < text.length;) {
    const to = text.indexOf('\n', from) + 1 || text.length;
    const end = endOfLine(utf8, start);
    if (to - from >= min) {
      fillKey(utf8, start, end, to - from, key);
      visit(key, from, to);
    }
    [from, start] = [to, end];
  }
}

/** Key of a one-line text without its end. */
export function fillLineKey(text: string, key: LineKey): void {
  const utf8 = viewOf(utf8Of(text));
  fillKey(utf8, 0, utf8.bytes.length, text.length, key);
}

/** Two views of the same bytes: single bytes and 32-bit words. */
interface View {
  bytes: Uint8Array;
  words: DataView;
}
const viewOf = (bytes: Uint8Array): View => ({
  bytes,
  words: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
});

/** Index after the end of the line that begins at `start`. */
function endOfLine({ bytes, words }: View, start: number): number {
  const last = bytes.length - 4;
  let end = start;
  for (; end <= last; end += 4) {
    // Leaves the highest bit of the first byte that is a line end.
    const difference = words.getInt32(end, true) ^ 0x0a0a0a0a;
    if (((difference - 0x01010101) & ~difference & 0x80808080) !== 0) break;
  }
  while (end < bytes.length && bytes[end++] !== LINE_END);
  return end;
}
const LINE_END = 0x0a;

/** @param units length of the line, in UTF-16 code units */
function fillKey(utf8: View, start: number, end: number, units: number, key: LineKey): void {
  const { bytes } = utf8;
  let from = start;
  let to = end;
  let spaces = 0;
  for (let size; (size = spaceBytesAt(bytes, from, to)) > 0; from += size) spaces++;
  for (let size; (size = spaceBytesBefore(bytes, from, to)) > 0; to -= size) spaces++;
  key.length = units - spaces;
  key.hasLetter = hasLetterIn(bytes, from, to);
  key.hasDigit = hash(utf8, from, to, key);
  if (!key.hasDigit) return;
  const length = replaceNumbers(bytes, from, to);
  hash(numberlessLine, 0, length, key);
}

/** Number of bytes of the white space at `at`; 0 if there is none. */
function spaceBytesAt(bytes: Uint8Array, offset: number, end: number): number {
  if (offset >= end) return 0;
  return bytes[offset]! <= 0x20 ? 1 : bytes[offset] === 0xc2 && bytes[offset + 1] === 0xa0 ? 2 : 0;
}
function spaceBytesBefore(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start) return 0;
  return bytes[end - 1]! <= 0x20 ? 1 : bytes[end - 1] === 0xa0 && bytes[end - 2] === 0xc2 ? 2 : 0;
}

/** Treats all of non-ASCII as letters, as nearly all of it is. */
function hasLetterIn(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!;
    if (byte > 0x7f || ((byte | 0x20) - 0x61) >>> 0 < 26) return true;
  }
  return false;
}

/** Copies a line to `lessNumbers`, with a 0 in place of each number. @returns its length in bytes */
function replaceNumbers(bytes: Uint8Array, from: number, to: number): number {
  if (to - from > numberlessLine.bytes.length) numberlessLine = viewOf(new Uint8Array(2 * (to - from)));
  const line = numberlessLine.bytes;
  let length = 0;
  let inNumber = false;
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!;
    const isDigit = byte < 0x3a && byte > 0x2f;
    if (!isDigit) line[length++] = byte;
    else if (!inNumber) line[length++] = 0x30;
    inNumber = isDigit;
  }
  return length;
}
let numberlessLine = viewOf(new Uint8Array(2 ** 10));

/** First hash: MurmurHash3 (Appleby 2011). Second: another sum of its mixed words. @returns whether there is a digit */
function hash({ bytes, words }: View, from: number, to: number, key: LineKey): boolean {
  let first = 0x811c9dc5 | 0;
  let second = to - from;
  let noDigits = -1;
  for (let offset = from; offset < to; offset += 4) {
    const word = offset + 4 <= to ? words.getInt32(offset, true) : lastWord(bytes, offset, to);
    // The highest bit of each byte shows whether it is outside 0x30 to 0x39.
    const digit = word ^ 0x30303030;
    noDigits &= ((digit & 0x7f7f7f7f) + 0x76767676) | digit;
    let mix = Math.imul(word, 0xcc9e2d51);
    mix = (mix << 15) | (mix >>> 17);
    first ^= Math.imul(mix, 0x1b873593);
    first = (Math.imul((first << 13) | (first >>> 19), 5) + 0xe6546b64) | 0;
    second = Math.imul(((second << 11) | (second >>> 21)) ^ mix, 0x9e3779b1);
  }
  key.first = finalMix(first ^ (to - from)) >>> 0;
  key.second = finalMix(second) >>> 0;
  return (noDigits & 0x80808080) !== (0x80808080 | 0);
}
/** The last one to three bytes as a word. */
function lastWord(bytes: Uint8Array, offset: number, end: number): number {
  let word = 0;
  for (let i = end - 1; i >= offset; i--) word = (word << 8) | bytes[i]!;
  return word;
}
