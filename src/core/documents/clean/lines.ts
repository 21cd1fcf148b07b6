/** Lines as rules compare them: without white space around them, with one 0 for each number. */

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
 * Of the characters from one place to another.
 * @param key is filled: millions of lines are no millions of objects
 */
export function keyOfLine(text: string, start: number, end: number, key: LineKey): void {
  let from = start;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  let first = 0x811c9dc5;
  let second = 0;
  let hasDigit = false;
  let inNumber = false;
  for (let i = from; i < to; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x3a && code > 0x2f) {
      if (inNumber) continue;
      inNumber = hasDigit = true;
      code = 0x30;
    } else inNumber = false;
    first = Math.imul(first ^ code, 0x01000193);
    second = (Math.imul(second, 31) + code) | 0;
  }
  key.first = mixed(first);
  key.second = mixed(second);
  key.length = to - from;
  key.hasLetter = hasLetterIn(text, from, to);
  key.hasDigit = hasDigit;
}

/** Of what is beyond ASCII all is taken for one, as nearly all is. */
function hasLetterIn(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f || ((code | 0x20) - 0x61) >>> 0 < 26) return true;
  }
  return false;
}

const isSpace = (code: number) => code <= 0x20 || code === 0xa0;

/** The end of MurmurHash3 (Appleby 2011): each bit of a hash depends on all of it. */
function mixed(hash: number): number {
  let mix = hash ^ (hash >>> 16);
  mix = Math.imul(mix, 0x85ebca6b);
  mix ^= mix >>> 13;
  mix = Math.imul(mix, 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
