/** Counts given words of a text in lowercase, including inner hyphens. Decodes only where one of them may end. */
import { characterStart } from '../../base/characterStart';

/**
 * Adds the word counts of UTF-8 text.
 * @param counts by lower-case word; words without an entry are not counted
 */
export function countWords(utf8: Uint8Array, counts: Map<string, number>): void {
  if (KINDS[LETTER] === NOT_IN_WORD) fillKinds();
  WORD_ENDS.fill(0);
  for (const word of counts.keys()) addWordEnd(word);
  let countedEnd = 0;
  /** Counts the word that ends there, if one does. */
  const count = (end: number): void => {
    if (end === countedEnd || wordContinues(utf8, end)) return;
    const start = wordStart(utf8, end);
    if (start === end) return;
    countedEnd = end;
    const word = wordIn(utf8, start, end);
    const previousCount = counts.get(word);
    if (previousCount !== undefined) counts.set(word, previousCount + 1);
  };
  for (
    let offset = nextWordEnd(utf8, 0);
    offset < utf8.length;
    offset = nextWordEnd(utf8, offset + sizeAt(utf8, offset))
  ) {
    count(offset);
    if (kindAt(utf8, offset) !== NEEDS_CHECK || !isInWord(utf8, offset)) continue;
    while (wordContinues(utf8, offset)) offset += sizeAt(utf8, offset);
    count(offset);
  }
  count(utf8.length);
}

/** Hash set of the last characters of the requested words and a word end; rules out nearly all other positions. */
const WORD_ENDS = new Uint8Array(2 ** 14);
function addWordEnd(word: string): void {
  let recentKinds = 0;
  for (let i = Math.max(0, word.length - 3); i < word.length; i++)
    recentKinds = (recentKinds << KIND_BITS) | KINDS[word.charCodeAt(i)]!;
  recentKinds <<= KIND_BITS;
  // A separator precedes a word; anything may precede that.
  if (word.length > 1) WORD_ENDS[slotOf(recentKinds)] = 1;
  else for (let kind = 0; kind <= NEEDS_CHECK; kind++) WORD_ENDS[slotOf((kind << (3 * KIND_BITS)) | recentKinds)] = 1;
}

/** The next position where a word may end, or whose character needs a check; the text's end if none is left. */
function nextWordEnd(utf8: Uint8Array, start: number): number {
  /** Character kinds; the last four count. */
  let recentKinds = 0;
  for (let i = start, n = 0; i > 0 && n < 3; n++) {
    i = characterBefore(utf8, i);
    const kind = kindAt(utf8, i);
    // A checked character that doesn't continue a word separates words.
    if (kind !== NEEDS_CHECK) recentKinds |= kind << (n * KIND_BITS);
  }
  const [firstByteKinds, wordEnds, length] = [FIRST_BYTE_KINDS, WORD_ENDS, utf8.length];
  for (let i = start; ; i += sizeAt(utf8, i)) {
    let kind = NOT_IN_WORD;
    for (; i < length; i++) {
      kind = firstByteKinds[utf8[i]!]!;
      recentKinds = (recentKinds << KIND_BITS) | kind;
      if (kind === NEEDS_CHECK || wordEnds[slotOf(recentKinds)] === 1) break;
    }
    if (i === length || kind !== NEEDS_CHECK) return i;
    kind = kindAt(utf8, i);
    recentKinds = (recentKinds & ~NEEDS_CHECK) | kind;
    if (kind === NEEDS_CHECK || wordEnds[slotOf(recentKinds)] === 1) return i;
  }
}
const slotOf = (recentKinds: number): number => Math.imul(recentKinds << (32 - 4 * KIND_BITS), 0x9e3779b1) >>> 18;

/** Start of the word that ends at `end`; `end` if none does. */
function wordStart(utf8: Uint8Array, end: number): number {
  let start = end;
  for (let offset = characterBefore(utf8, end); offset < start; offset = characterBefore(utf8, start)) {
    if (start < end && isHyphen(utf8, offset)) offset = characterBefore(utf8, offset);
    if (!isInWord(utf8, offset)) break;
    start = offset;
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
const wordContinues = (utf8: Uint8Array, offset: number): boolean =>
  isInWord(utf8, offset) || (isHyphen(utf8, offset) && isInWord(utf8, offset + sizeAt(utf8, offset)));

/** Whether the character at this offset can be part of a word. */
function isInWord(utf8: Uint8Array, offset: number): boolean {
  if (offset >= utf8.length) return false;
  const kind = kindAt(utf8, offset);
  return (
    kind !== NOT_IN_WORD &&
    (kind !== NEEDS_CHECK || WORD_CHARACTER.test(String.fromCodePoint(codePointAt(utf8, offset))))
  );
}
const WORD_CHARACTER = /[\p{L}\p{M}]/u;
const isHyphen = (utf8: Uint8Array, offset: number): boolean =>
  utf8[offset] === 0x2d || (utf8[offset] === 0xe2 && utf8[offset + 1] === 0x80 && utf8[offset + 2] === 0x90);

/** Kind of the character at this byte. */
function kindAt(utf8: Uint8Array, offset: number): number {
  const point = codePointAt(utf8, offset);
  return point > 0xffff ? NEEDS_CHECK : KINDS[point]!;
}
function codePointAt(utf8: Uint8Array, offset: number): number {
  const byte = utf8[offset]!;
  if (byte < 0x80) return byte;
  const second = utf8[offset + 1]! & 0x3f;
  if (byte < 0xe0) return ((byte & 0x1f) << 6) | second;
  const third = utf8[offset + 2]! & 0x3f;
  if (byte < 0xf0) return ((byte & 0xf) << 12) | (second << 6) | third;
  return ((byte & 7) << 18) | (second << 12) | (third << 6) | (utf8[offset + 3]! & 0x3f);
}
/** Bytes of the character that begins at `at`. */
const sizeAt = (utf8: Uint8Array, offset: number): number => {
  const byte = utf8[offset]!;
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
};
/** Start of the character before that byte; 0 if there is none. */
const characterBefore = (utf8: Uint8Array, offset: number): number => characterStart(utf8, offset - 1);

const KIND_BITS = 5;
const NOT_IN_WORD = 0;
const NEEDS_CHECK = 2 ** KIND_BITS - 1;
/**
 * Kind (1 to 30) of each character that a word may have, by its lower case. Surrogates, and characters without a lower
 * case of their own, need a check.
 */
const KINDS = new Uint8Array(2 ** 16);
/** Kind by the first byte of a character; multi-byte characters need a check. */
const FIRST_BYTE_KINDS = new Uint8Array(2 ** 8).fill(NEEDS_CHECK);
const LETTER = 0x61;
function fillKinds(): void {
  for (let code = 0; code < KINDS.length; code++) {
    const unit = String.fromCharCode(code);
    if (!WORD_CHARACTER.test(unit)) continue;
    const lower = unit.toLowerCase();
    // A capital sigma has another lowercase form at a word's end.
    KINDS[code] = lower.length === 1 && code !== 0x3a3 ? 1 + (lower.charCodeAt(0) % 30) : NEEDS_CHECK;
  }
  KINDS.fill(NEEDS_CHECK, 0xd800, 0xe000);
  FIRST_BYTE_KINDS.set(KINDS.subarray(0, FIRST_BYTE_KINDS.length / 2));
}
