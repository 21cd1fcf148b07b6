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
  has: Uint8Array;
  /** Code points, by word. */
  characters: Int32Array;
  /** 32-bit hashes, by word. Two words collide once in 4 billion pairs. */
  hashes: Int32Array;

  constructor(private readonly text: string) {
    classes ??= classify();
    const expected = 16 + (text.length >> 2);
    this.starts = new Int32Array(expected);
    this.ends = new Int32Array(expected);
    this.has = new Uint8Array(expected);
    this.characters = new Int32Array(expected);
    this.hashes = new Int32Array(expected);
    const { length } = text;
    for (let at = 0; at < length; at++) {
      if (classes[text.charCodeAt(at)]! & SPACE) continue;
      const start = at;
      let special = 0;
      for (; at < length; at++) {
        const is = classes[text.charCodeAt(at)]!;
        if (is & SPACE) break;
        // Letters are a suffix only after an apostrophe, which is special itself.
        if (!(is & HAS_LETTER)) special |= is;
      }
      if (special & (PREFIX | SUFFIX | INFIX)) this.cut(start, at, (special & INFIX) !== 0);
      else this.add(start, at);
    }
  }

  private cut(start: number, end: number, hasInfix: boolean): void {
    const { text } = this;
    let from = start;
    while (from < end) {
      const to = from + prefixOf(text, from, end);
      if (to === from) break;
      this.add(from, to);
      from = to;
    }
    // Finds trailing signs from the end, and adds them after the word that they follow.
    const ends: number[] = [];
    let to = end;
    for (let size = suffixOf(text, from, to); size > 0; size = suffixOf(text, from, to)) {
      ends.push(to);
      to -= size;
    }
    if (hasInfix && !ADDRESS.test(text.slice(from, Math.min(to, from + 12)))) {
      for (let at = from + 1; at < to - 1; at++) {
        if (!(classes![text.charCodeAt(at)]! & INFIX)) continue;
        const size = infixOf(text, at, to);
        if (size === 0) continue;
        if (at > from) this.add(from, at);
        this.add(at, at + size);
        from = at + size;
        at += size - 1;
      }
    }
    if (to > from) this.add(from, to);
    for (let i = ends.length - 1; i >= 0; i--) this.add(to, (to = ends[i]!));
  }

  private add(start: number, end: number): void {
    const { text, count } = this;
    let hash = BASIS;
    let has = 0;
    let characters = 0;
    for (let i = start; i < end; i++) {
      const code = text.charCodeAt(i);
      hash = Math.imul(hash ^ code, PRIME);
      if ((code & 0xfc00) === 0xdc00) continue;
      has |= (code & 0xfc00) === 0xd800 ? classOfPair(text, i) : classes![code]!;
      characters++;
    }
    if (count === this.starts.length) this.grow();
    this.starts[count] = start;
    this.ends[count] = end;
    this.has[count] = has & (HAS_LETTER | HAS_MORE);
    this.characters[count] = characters;
    this.hashes[count] = hash ^ (hash >>> 15);
    this.count++;
  }

  private grow(): void {
    const { starts, ends, has, characters, hashes } = this;
    const size = 2 * this.count;
    (this.starts = new Int32Array(size)).set(starts);
    (this.ends = new Int32Array(size)).set(ends);
    (this.has = new Uint8Array(size)).set(has);
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
function prefixOf(text: string, at: number, end: number): number {
  if (!(classes![text.charCodeAt(at)]! & PREFIX)) return 0;
  switch (text.charAt(at)) {
    case '.':
      return dots(text, at, end);
    case '+':
      return at + 1 < end && isDigit(text, at + 1) ? 0 : 1;
    default:
      return isPair(text, at) ? 2 : 1;
  }
}

/** Length of a trailing part that is a word of its own; 0 if there is none. */
function suffixOf(text: string, from: number, to: number): number {
  if (to <= from) return 0;
  const last = to - 1;
  if (!(classes![text.charCodeAt(last)]! & SUFFIX)) return 0;
  const sign = text.charAt(last);
  if (classes![text.charCodeAt(last)]! & HAS_LETTER) return contraction(text, from, to);
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
function contraction(text: string, from: number, to: number): number {
  if (!isApostrophe(text, to - 2) && !isApostrophe(text, to - 3)) return 0;
  const found = /(?:[’'](?:s|d|m|ll|re|ve)|n[’']t)$/i.exec(text.slice(Math.max(from, to - 3), to));
  return found && found[0].length < to - from ? found[0].length : 0;
}

const isApostrophe = (text: string, at: number): boolean => text[at] === '’' || text[at] === "'";

/** Length of the signs that separate the words before and after; 0 if they don't. */
function infixOf(text: string, at: number, end: number): number {
  const before = classes![text.charCodeAt(at - 1)]!;
  const sign = text.charAt(at);
  switch (sign) {
    case '.': {
      const several = dots(text, at, end);
      if (several > 0) return several;
      return before & (LOWER | QUOTE) && classes![text.charCodeAt(at + 1)]! & (UPPER | QUOTE) ? 1 : 0;
    }
    case ',':
      return before & HAS_LETTER && classes![text.charCodeAt(at + 1)]! & HAS_LETTER ? 1 : 0;
    case '+':
    case '*':
    case '^':
      return before & DIGIT && (isDigit(text, at + 1) || text.charAt(at + 1) === '-') ? 1 : 0;
    case ':':
    case '<':
    case '>':
    case '=':
    case '/':
      return before & (HAS_LETTER | DIGIT) && classes![text.charCodeAt(at + 1)]! & HAS_LETTER ? 1 : 0;
    case '-':
    case '–':
    case '—':
    case '~': {
      let size = 1;
      while (size < 3 && sign !== '~' && sign !== '–' && text.charAt(at + size) === sign) size++;
      const after = at + size < end ? classes![text.charCodeAt(at + size)]! : 0;
      if (before & (HAS_LETTER | DIGIT) && after & HAS_LETTER) return size;
      return before & DIGIT && after & DIGIT && sign === '-' && size === 1 ? 1 : 0;
    }
    default:
      return isPair(text, at) ? 2 : 1;
  }
}

function dots(text: string, at: number, end: number): number {
  let to = at;
  while (to < end && text.charAt(to) === '.') to++;
  return to - at > 1 ? to - at : 0;
}
const isDigit = (text: string, at: number): boolean => (classes![text.charCodeAt(at)]! & DIGIT) !== 0;
const isPair = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800;

/** FNV-1a over code units. */
const BASIS = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

function classOfPair(text: string, at: number): number {
  const pair = text.slice(at, at + 2);
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
