/** Lines as rules compare them: without white space around them, with one 0 for each number. Their UTF-8 is hashed, four bytes at a time. */

export interface LineKey {
  /** Two hashes of 32 bits; alike lines have alike ones. */
  first: number;
  second: number;
  /** Without white space around it, in UTF-16. */
  length: number;
  hasLetter: boolean;
  hasDigit: boolean;
}
export const newKey = (): LineKey => ({ first: 0, second: 0, length: 0, hasLetter: false, hasDigit: false });

/**
 * Of each line that is no shorter than `least` code units, its end with it, from one place of the text to another.
 * @param key is filled: millions of lines are no millions of objects
 */
export function eachLine(
  text: string,
  least: number,
  key: LineKey,
  visit: (key: LineKey, from: number, to: number) => void,
): void {
  const length = encode(text);
  for (let from = 0, start = 0; from < text.length;) {
    const to = text.indexOf('\n', from) + 1 || text.length;
    const end = endOfLine(start, length);
    if (to - from >= least) {
      keyOf(start, end, to - from, key);
      visit(key, from, to);
    }
    [from, start] = [to, end];
  }
}

/** Of a text that is one line, without its end. */
export function keyOfLine(text: string, key: LineKey): void {
  keyOf(0, encode(text), text.length, key);
}

/** What is looked at, in UTF-8: nothing of it is kept from one call to the next. */
let bytes = new Uint8Array(2 ** 12);
let words = new DataView(bytes.buffer);
const encoder = new TextEncoder();

/** @returns how many bytes it has; behind them are four at least */
function encode(text: string): number {
  const most = 3 * text.length + 4;
  if (most > bytes.length) {
    bytes = new Uint8Array(2 ** Math.ceil(Math.log2(most)));
    words = new DataView(bytes.buffer);
  }
  return encoder.encodeInto(text, bytes).written;
}

/** Behind the line that begins there. */
function endOfLine(start: number, length: number): number {
  const view = words;
  let end = start;
  for (; end < length; end += 4) {
    // Of the first byte that is a line's end it leaves the highest bit.
    const others = view.getInt32(end, true) ^ 0x0a0a0a0a;
    if (((others - 0x01010101) & ~others & 0x80808080) !== 0) break;
  }
  while (end < length && bytes[end++] !== LINE_END);
  return Math.min(end, length);
}
const LINE_END = 0x0a;

/** @param units of the line, in UTF-16 */
function keyOf(start: number, end: number, units: number, key: LineKey): void {
  let from = start;
  let to = end;
  let space = 0;
  for (let size; (size = spaceAt(from, to)) > 0; from += size) space++;
  for (let size; (size = spaceBefore(from, to)) > 0; to -= size) space++;
  key.length = units - space;
  key.hasLetter = hasLetterIn(from, to);
  key.hasDigit = hash(from, to, key);
  if (key.hasDigit) hash(from, withoutNumbers(from, to), key);
}

/** How many bytes the white space there has; 0 where there is none. */
function spaceAt(at: number, to: number): number {
  if (at >= to) return 0;
  return bytes[at]! <= 0x20 ? 1 : bytes[at] === 0xc2 && bytes[at + 1] === 0xa0 ? 2 : 0;
}
function spaceBefore(from: number, to: number): number {
  if (to <= from) return 0;
  return bytes[to - 1]! <= 0x20 ? 1 : bytes[to - 1] === 0xa0 && bytes[to - 2] === 0xc2 ? 2 : 0;
}

/** Of what is beyond ASCII all is taken for one, as nearly all is. */
function hasLetterIn(from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!;
    if (byte > 0x7f || ((byte | 0x20) - 0x61) >>> 0 < 26) return true;
  }
  return false;
}

/** Puts a 0 in place of each number. @returns where the line ends then */
function withoutNumbers(from: number, to: number): number {
  let end = from;
  let inNumber = false;
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!;
    const isDigit = byte < 0x3a && byte > 0x2f;
    if (!isDigit) bytes[end++] = byte;
    else if (!inNumber) bytes[end++] = 0x30;
    inNumber = isDigit;
  }
  return end;
}

/** By MurmurHash3 (Appleby 2011), and by another sum of what it makes of each word. @returns whether there is a digit */
function hash(from: number, to: number, key: LineKey): boolean {
  const view = words;
  let first = 0x811c9dc5 | 0;
  let second = to - from;
  let noDigits = -1;
  for (let at = from; at < to; at += 4) {
    const word = view.getInt32(at, true) & (to - at < 4 ? (1 << (8 * (to - at))) - 1 : -1);
    // The highest bit of each byte says whether it is none of 0x30 to 0x39.
    const digit = word ^ 0x30303030;
    noDigits &= ((digit & 0x7f7f7f7f) + 0x76767676) | digit;
    let mix = Math.imul(word, 0xcc9e2d51);
    mix = (mix << 15) | (mix >>> 17);
    first ^= Math.imul(mix, 0x1b873593);
    first = (Math.imul((first << 13) | (first >>> 19), 5) + 0xe6546b64) | 0;
    second = Math.imul(((second << 11) | (second >>> 21)) ^ mix, 0x9e3779b1);
  }
  key.first = mixed(first ^ (to - from));
  key.second = mixed(second);
  return (noDigits & 0x80808080) !== (0x80808080 | 0);
}

/** Its end: each bit of a hash depends on all of it. */
function mixed(hash: number): number {
  let mix = hash ^ (hash >>> 16);
  mix = Math.imul(mix, 0x85ebca6b);
  mix ^= mix >>> 13;
  mix = Math.imul(mix, 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
