/**
 * Splits text into words for the quality filters, as spaCy's English tokenizer in datatrove does. Splits at white
 * space, then makes each leading and trailing sign a word, then splits at inner hyphens and the like, and before `'s`
 * and `n't`. spaCy's lists of abbreviations and addresses are missing. The rules are short enough to give the same
 * bits in every engine, unlike Intl.Segmenter with its dictionaries. Text without spaces between words, such as
 * Chinese and Thai, gets long words.
 *
 * Source: spaCy 3.8, lang/en/punctuation.py, lang/punctuation.py and lang/char_classes.py
 */
import { MAX_PASSAGE_LENGTH } from '../passages';

/** Flag: the word has a letter. */
export const HAS_LETTER = 4;
/** Flag: the word has more than punctuation. */
export const HAS_MORE = 8;

/** The words of a text, in order. */
export class Words {
  count = 0;
  /** Code unit ranges in the text, by word. */
  starts: Int32Array;
  ends: Int32Array;
  flags: Uint8Array;
  /** Code points, by word. */
  characters: Int32Array;
  /** 32-bit hashes, by word. Two words collide once in 4 billion pairs. */
  hashes: Int32Array;

  constructor(private readonly text: string) {
    classes ??= classify();
    const expected = 16 + (text.length >> 2);
    this.starts = new Int32Array(expected);
    this.ends = new Int32Array(expected);
    this.flags = new Uint8Array(expected);
    this.characters = new Int32Array(expected);
    this.hashes = new Int32Array(expected);
    const { length } = text;
    for (let index = 0; index < length; index++) {
      if (classes[text.charCodeAt(index)]! & SPACE) continue;
      const start = index;
      let classBits = 0;
      for (; index < length; index++) {
        const charClass = classes[text.charCodeAt(index)]!;
        if (charClass & SPACE) break;
        // Letters are a suffix only after an apostrophe, which is special itself.
        if (!(charClass & HAS_LETTER)) classBits |= charClass;
      }
      if (classBits & (PREFIX | SUFFIX | INFIX)) this.splitSigns(start, index, (classBits & INFIX) !== 0);
      else this.add(start, index);
    }
  }

  private splitSigns(start: number, end: number, hasInfix: boolean): void {
    const { text } = this;
    let from = start;
    while (from < end) {
      const wordEnd = from + prefixLength(text, from, end);
      if (wordEnd === from) break;
      this.add(from, wordEnd);
      from = wordEnd;
    }
    // Finds trailing signs from the end, and adds them after the word that they follow.
    const trailingEnds: number[] = [];
    let wordEnd = end;
    for (let size = suffixLength(text, from, wordEnd); size > 0; size = suffixLength(text, from, wordEnd)) {
      trailingEnds.push(wordEnd);
      wordEnd -= size;
    }
    if (hasInfix && !ADDRESS.test(text.slice(from, Math.min(wordEnd, from + 12)))) {
      for (let index = from + 1; index < wordEnd - 1; index++) {
        if (!(classes![text.charCodeAt(index)]! & INFIX)) continue;
        const size = infixLength(text, index, wordEnd);
        if (size === 0) continue;
        if (index > from) this.add(from, index);
        this.add(index, index + size);
        from = index + size;
        index += size - 1;
      }
    }
    if (wordEnd > from) this.add(from, wordEnd);
    for (let i = trailingEnds.length - 1; i >= 0; i--) this.add(wordEnd, (wordEnd = trailingEnds[i]!));
  }

  private add(start: number, end: number): void {
    const { text, count } = this;
    let hash = FNV_BASIS;
    let flags = 0;
    let characters = 0;
    for (let i = start; i < end; i++) {
      const code = text.charCodeAt(i);
      hash = Math.imul(hash ^ code, FNV_PRIME);
      if ((code & 0xfc00) === 0xdc00) continue;
      flags |= (code & 0xfc00) === 0xd800 ? pairClass(text, i) : classes![code]!;
      characters++;
    }
    if (count === this.starts.length) this.grow();
    this.starts[count] = start;
    this.ends[count] = end;
    this.flags[count] = flags & (HAS_LETTER | HAS_MORE);
    this.characters[count] = characters;
    this.hashes[count] = hash ^ (hash >>> 15);
    this.count++;
  }

  private grow(): void {
    const { starts, ends, flags, characters, hashes } = this;
    const size = 2 * this.count;
    (this.starts = new Int32Array(size)).set(starts);
    (this.ends = new Int32Array(size)).set(ends);
    (this.flags = new Uint8Array(size)).set(flags);
    (this.characters = new Int32Array(size)).set(characters);
    (this.hashes = new Int32Array(size)).set(hashes);
  }
}
const ADDRESS = /^(?:[A-Za-z][A-Za-z\d+.-]*:\/\/|www\.)/;

/** Returns the words of a text. Caches the last result, because several filters ask for the same text in a row. */
export function wordsOf(text: string): Words {
  if (last?.text === text) return last.words;
  const words = new Words(text);
  // Passages of pairs may be long, so they aren't cached.
  if (text.length <= MAX_PASSAGE_LENGTH) last = { text, words };
  return words;
}
let last: { text: string; words: Words } | undefined;

/** Length of a leading sign that is a word of its own; 0 if there is none. */
function prefixLength(text: string, index: number, end: number): number {
  if (!(classes![text.charCodeAt(index)]! & PREFIX)) return 0;
  switch (text.charAt(index)) {
    case '.':
      return dotRunLength(text, index, end);
    case '+':
      return index + 1 < end && isDigit(text, index + 1) ? 0 : 1;
    default:
      return isSurrogatePair(text, index) ? 2 : 1;
  }
}

/** Length of a trailing part that is a word of its own; 0 if there is none. */
function suffixLength(text: string, from: number, to: number): number {
  if (to <= from) return 0;
  const last = to - 1;
  if (!(classes![text.charCodeAt(last)]! & SUFFIX)) return 0;
  const sign = text.charAt(last);
  if (classes![text.charCodeAt(last)]! & HAS_LETTER) return contractionLength(text, from, to);
  if (sign === '.') {
    let first = last;
    while (first > from && text.charAt(first - 1) === '.') first--;
    if (first < last) return to - first;
    if (last === from) return 0;
    if (last - from <= 4 && ABBREVIATED.test(text.slice(from, last))) return 0;
    const before = classes![text.charCodeAt(last - 1)]!;
    if (before & BEFORE_DOT) return 1;
    return last - 1 > from && before & classes![text.charCodeAt(last - 2)]! & UPPER ? 1 : 0;
  }
  if (classes![sign.charCodeAt(0)]! & AFTER_DIGIT) return last > from && isDigit(text, last - 1) ? 1 : 0;
  if ((sign.charCodeAt(0) & 0xfc00) !== 0xdc00) return 1;
  return last > from && classes![text.charCodeAt(last - 1)]! & INFIX ? 2 : 0;
}

/** Common abbreviations from spaCy's list. */
const ABBREVIATED =
  /^(?:Mr|Mrs|Ms|Dr|Mt|Prof|St|Jr|Rev|Gen|Gov|Sen|Rep|Inc|Ltd|Corp|Co|co|vs|e\.g|i\.e|[ap]\.m|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)$/;

/** Length of a contraction (`'s`, `n't`, `'ll` and others) after a word; 0 if there is none. */
function contractionLength(text: string, from: number, to: number): number {
  if (!isApostrophe(text, to - 2) && !isApostrophe(text, to - 3)) return 0;
  const match = /(?:[’'](?:s|d|m|ll|re|ve)|n[’']t)$/i.exec(text.slice(Math.max(from, to - 3), to));
  return match && match[0].length < to - from ? match[0].length : 0;
}

const isApostrophe = (text: string, index: number): boolean => text[index] === '’' || text[index] === "'";

/** Length of the signs that separate the words before and after; 0 if they don't. */
function infixLength(text: string, index: number, end: number): number {
  const before = classes![text.charCodeAt(index - 1)]!;
  const sign = text.charAt(index);
  switch (sign) {
    case '.': {
      const dotCount = dotRunLength(text, index, end);
      if (dotCount > 0) return dotCount;
      return before & (LOWER | QUOTE) && classes![text.charCodeAt(index + 1)]! & (UPPER | QUOTE) ? 1 : 0;
    }
    case ',':
      return before & HAS_LETTER && classes![text.charCodeAt(index + 1)]! & HAS_LETTER ? 1 : 0;
    case '+':
    case '*':
    case '^':
      return before & DIGIT && (isDigit(text, index + 1) || text.charAt(index + 1) === '-') ? 1 : 0;
    case ':':
    case '<':
    case '>':
    case '=':
    case '/':
      return before & (HAS_LETTER | DIGIT) && classes![text.charCodeAt(index + 1)]! & HAS_LETTER ? 1 : 0;
    case '-':
    case '–':
    case '—':
    case '~': {
      let size = 1;
      while (size < 3 && sign !== '~' && sign !== '–' && text.charAt(index + size) === sign) size++;
      const after = index + size < end ? classes![text.charCodeAt(index + size)]! : 0;
      if (before & (HAS_LETTER | DIGIT) && after & HAS_LETTER) return size;
      return before & DIGIT && after & DIGIT && sign === '-' && size === 1 ? 1 : 0;
    }
    default:
      return isSurrogatePair(text, index) ? 2 : 1;
  }
}

function dotRunLength(text: string, index: number, end: number): number {
  let to = index;
  while (to < end && text.charAt(to) === '.') to++;
  return to - index > 1 ? to - index : 0;
}
const isDigit = (text: string, index: number): boolean => (classes![text.charCodeAt(index)]! & DIGIT) !== 0;
const isSurrogatePair = (text: string, index: number): boolean => (text.charCodeAt(index) & 0xfc00) === 0xd800;

/** FNV-1a over code units. */
const FNV_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

function pairClass(text: string, index: number): number {
  const pair = text.slice(index, index + 2);
  if (/\p{L}/u.test(pair)) return HAS_LETTER | HAS_MORE;
  return /\p{Sentence_Terminal}/u.test(pair) ? 0 : HAS_MORE;
}

const SPACE = 1;
const PREFIX = 2;
const SUFFIX = 16;
const INFIX = 32;
const LOWER = 64;
const UPPER = 128;
const DIGIT = 256;
const QUOTE = 512;
/** A full stop after this character is a word of its own. */
const BEFORE_DOT = 1024;
/** This sign is a word of its own after a digit. */
const AFTER_DIGIT = 2048;

/** Class of each code unit, computed once. */
let classes: Uint16Array | undefined;
function classify(): Uint16Array {
  const table = new Uint16Array(0x10000).fill(HAS_MORE);
  const units = Array.from(table, (_, code) => String.fromCharCode(code)).join('');
  const set = (pattern: RegExp, bits: number) => {
    for (const { index } of units.matchAll(pattern)) table[index]! |= bits;
  };
  set(/[\s\x1c-\x1f\x85]/g, SPACE);
  set(/\p{L}/gu, HAS_LETTER);
  set(/\p{Ll}/gu, LOWER);
  set(/\p{Lu}/gu, UPPER);
  set(/\d/g, DIGIT);
  set(/['"”“`‘´’‚,„»«「」『』（）〔〕【】《》〈〉]/g, QUOTE | PREFIX | SUFFIX);
  set(/[…:;!?¿؟¡()[\]{}<>_#*&。？！，、；：～·।،۔؛٪—–]/g, PREFIX | SUFFIX);
  set(/[§%=+.]|\p{Sc}/gu, PREFIX);
  // The last letters of 's, 'd, 'm, n't, 'll, 're and 've.
  set(/[.sdmtleSDMTLE]/g, SUFFIX);
  set(/[%+]|\p{Sc}/gu, SUFFIX | AFTER_DIGIT);
  set(/[.…,+*^:<>=/~—–-]/g, INFIX);
  set(/\p{So}/gu, PREFIX | SUFFIX | INFIX);
  // Surrogates: leads of pictographs such as emoji, and all trails.
  for (let lead = 0xd83c; lead <= 0xd83e; lead++) table[lead]! |= PREFIX | INFIX;
  for (let trail = 0xdc00; trail <= 0xdfff; trail++) table[trail]! |= SUFFIX;
  set(/[a-z\d%²+\-'"”“`‘´’‚,„»«…:;!?¿¡()[\]{}<>_#*&]/g, BEFORE_DOT);
  for (const { index } of units.matchAll(PUNCTUATION)) table[index]! &= ~HAS_MORE;
  return table;
}
/** As listed by CCNet and datatrove (utils/text.py). */
const PUNCTUATION =
  /[!/—”:％１〈&(、━\\【#%「」，】；+^\]~“《„';’{|∶´[=\-`*．（–？！：$～«〉,><》)?）。…@_."}►»]|[\0-\x09\x0b-\x1f\x7f-\x9f]|\p{Sentence_Terminal}/gu;
