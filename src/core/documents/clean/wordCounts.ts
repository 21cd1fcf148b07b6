/** Counts given words of a text in lowercase, including inner hyphens. Decodes only where one of them may end. */
import { characterStart } from '../../base/characterStart';

/**
 * Adds the word counts of UTF-8 text.
 * @param counts by lower-case word; words without an entry are not counted
 */
export function countWords(utf8: Uint8Array, counts: Map<string, number>): void {
  if (KINDS[LETTER] === NONE) fillKinds();
  ENDS.fill(0);
  for (const word of counts.keys()) addEnd(word);
  let counted = 0;
  /** Counts the word that ends there, if one does. */
  const count = (end: number): void => {
    if (end === counted || goesOn(utf8, end)) return;
    const start = wordStart(utf8, end);
    if (start === end) return;
    counted = end;
    const word = wordIn(utf8, start, end);
    const before = counts.get(word);
    if (before !== undefined) counts.set(word, before + 1);
  };
  for (let at = nextEnd(utf8, 0); at < utf8.length; at = nextEnd(utf8, at + sizeAt(utf8, at))) {
    count(at);
    if (kindAt(utf8, at) !== ASK || !isInWord(utf8, at)) continue;
    while (goesOn(utf8, at)) at += sizeAt(utf8, at);
    count(at);
  }
  count(utf8.length);
}

/** Hash set of the last characters of the requested words and a word end; rules out nearly all other positions. */
const ENDS = new Uint8Array(2 ** 14);
function addEnd(word: string): void {
  let last = 0;
  for (let i = Math.max(0, word.length - 3); i < word.length; i++)
    last = (last << KIND_BITS) | KINDS[word.charCodeAt(i)]!;
  last <<= KIND_BITS;
  // A separator precedes a word; anything may precede that.
  if (word.length > 1) ENDS[placeOf(last)] = 1;
  else for (let kind = 0; kind <= ASK; kind++) ENDS[placeOf((kind << (3 * KIND_BITS)) | last)] = 1;
}

/** The next position where a word may end, or whose character needs a check; the text's end if none is left. */
function nextEnd(utf8: Uint8Array, at: number): number {
  /** Character kinds; the last four count. */
  let last = 0;
  for (let i = at, n = 0; i > 0 && n < 3; n++) {
    i = characterBefore(utf8, i);
    const kind = kindAt(utf8, i);
    // A checked character that doesn't continue a word separates words.
    if (kind !== ASK) last |= kind << (n * KIND_BITS);
  }
  const [low, ends, length] = [LOW_KINDS, ENDS, utf8.length];
  for (let i = at; ; i += sizeAt(utf8, i)) {
    let kind = NONE;
    for (; i < length; i++) {
      kind = low[utf8[i]!]!;
      last = (last << KIND_BITS) | kind;
      if (kind === ASK || ends[placeOf(last)] === 1) break;
    }
    if (i === length || kind !== ASK) return i;
    kind = kindAt(utf8, i);
    last = (last & ~ASK) | kind;
    if (kind === ASK || ends[placeOf(last)] === 1) return i;
  }
}
const placeOf = (last: number): number => Math.imul(last << (32 - 4 * KIND_BITS), 0x9e3779b1) >>> 18;

/** Start of the word that ends at `end`; `end` if none does. */
function wordStart(utf8: Uint8Array, end: number): number {
  let start = end;
  for (let at = characterBefore(utf8, end); at < start; at = characterBefore(utf8, start)) {
    if (start < end && isHyphen(utf8, at)) at = characterBefore(utf8, at);
    if (!isInWord(utf8, at)) break;
    start = at;
  }
  return start;
}

/** Word in lowercase. */
function wordIn(utf8: Uint8Array, start: number, end: number): string {
  let word = '';
  for (let i = start; i < end; i++) {
    const byte = utf8[i]!;
    if (byte > 0x7f) return decoder.decode(utf8.subarray(start, end)).toLowerCase().replaceAll('\u2010', '-');
    word += String.fromCharCode(byte === 0x2d ? byte : byte | 0x20);
  }
  return word;
}
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Whether the word that reaches this offset continues. */
const goesOn = (utf8: Uint8Array, at: number): boolean =>
  isInWord(utf8, at) || (isHyphen(utf8, at) && isInWord(utf8, at + sizeAt(utf8, at)));

/** Whether the character at this offset can be part of a word. */
function isInWord(utf8: Uint8Array, at: number): boolean {
  if (at >= utf8.length) return false;
  const kind = kindAt(utf8, at);
  return kind !== NONE && (kind !== ASK || IN_WORD.test(String.fromCodePoint(pointAt(utf8, at))));
}
const IN_WORD = /[\p{L}\p{M}]/u;
const isHyphen = (utf8: Uint8Array, at: number): boolean =>
  utf8[at] === 0x2d || (utf8[at] === 0xe2 && utf8[at + 1] === 0x80 && utf8[at + 2] === 0x90);

/** Kind of the character at this byte. */
function kindAt(utf8: Uint8Array, at: number): number {
  const point = pointAt(utf8, at);
  return point > 0xffff ? ASK : KINDS[point]!;
}
function pointAt(utf8: Uint8Array, at: number): number {
  const byte = utf8[at]!;
  if (byte < 0x80) return byte;
  const second = utf8[at + 1]! & 0x3f;
  if (byte < 0xe0) return ((byte & 0x1f) << 6) | second;
  const third = utf8[at + 2]! & 0x3f;
  if (byte < 0xf0) return ((byte & 0xf) << 12) | (second << 6) | third;
  return ((byte & 7) << 18) | (second << 12) | (third << 6) | (utf8[at + 3]! & 0x3f);
}
/** Bytes of the character that begins at `at`. */
const sizeAt = (utf8: Uint8Array, at: number): number => {
  const byte = utf8[at]!;
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
};
/** Start of the character before that byte; 0 if there is none. */
const characterBefore = (utf8: Uint8Array, at: number): number => characterStart(utf8, at - 1);

const KIND_BITS = 5;
const NONE = 0;
const ASK = 2 ** KIND_BITS - 1;
/**
 * Kind (1 to 30) of each character that a word may have, by its lower case. Surrogates, and characters without a lower
 * case of their own, need a check.
 */
const KINDS = new Uint8Array(2 ** 16);
/** Kind by the first byte of a character; multi-byte characters need a check. */
const LOW_KINDS = new Uint8Array(2 ** 8).fill(ASK);
const LETTER = 0x61;
function fillKinds(): void {
  for (let code = 0; code < KINDS.length; code++) {
    const unit = String.fromCharCode(code);
    if (!IN_WORD.test(unit)) continue;
    const lower = unit.toLowerCase();
    // A capital sigma has another lowercase form at a word's end.
    KINDS[code] = lower.length === 1 && code !== 0x3a3 ? 1 + (lower.charCodeAt(0) % 30) : ASK;
  }
  KINDS.fill(ASK, 0xd800, 0xe000);
  LOW_KINDS.set(KINDS.subarray(0, LOW_KINDS.length / 2));
}
