/** How often some words are in a text, in lower case, a hyphen within them as theirs: only where one may end is the text looked at closely. */

/**
 * @param from @param to where it is looked for; a word that goes on beyond is cut there
 * @param counts by word, to which it is added; those that it has no entry of are not counted
 * @param ends of all words that it has an entry of
 */
export function countWords(text: string, from: number, to: number, counts: Map<string, number>, ends: WordEnds): void {
  kinds ??= kindsOfUnits();
  let counted = from;
  /** The word that ends there, if one does. */
  const count = (end: number): void => {
    if (end === counted || goesOn(text, end, to)) return;
    const start = wordStart(text, from, end);
    if (start === end) return;
    counted = end;
    const found = text.slice(start, end).toLowerCase();
    const word = found.includes('\u2010') ? found.replaceAll('\u2010', '-') : found;
    const before = counts.get(word);
    if (before !== undefined) counts.set(word, before + 1);
  };
  for (let at = ends.next(text, from, from, to); at < to; at = ends.next(text, at + 1, from, to)) {
    count(at);
    if (kinds[text.charCodeAt(at)] !== ASK) continue;
    if (isInWord(text, at, to)) {
      while (goesOn(text, at, to)) at += isHigh(text.charCodeAt(at)) ? 2 : 1;
      count(at);
    } else if (isHigh(text.charCodeAt(at))) at++;
  }
  count(to);
}

/** What some words end with, and that they end there. Tells nearly all places where none of them does. */
export class WordEnds {
  private readonly seen = new Uint8Array(2 ** 14);

  /** @param word in lower case */
  add(word: string): void {
    kinds ??= kindsOfUnits();
    let last = 0;
    for (let i = Math.max(0, word.length - 3); i < word.length; i++)
      last = (last << KIND_BITS) | kinds[word.charCodeAt(i)]!;
    last <<= KIND_BITS;
    // What is before a word parts it from others; before that is anything.
    if (word.length > 1) this.seen[placeOf(last)] = 1;
    else for (let kind = 0; kind <= ASK; kind++) this.seen[placeOf((kind << (3 * KIND_BITS)) | last)] = 1;
  }

  /** The next place in a text at which one of them may end, or at which it must be asked what there is; `to` where none is left. */
  next(text: string, at: number, from: number, to: number): number {
    const kindOf = kinds!;
    const seen = this.seen;
    /** Kinds of code units, the last four of which count. */
    let last = 0;
    for (let i = Math.max(from, at - 3); i < at; i++) last = (last << KIND_BITS) | kindOf[text.charCodeAt(i)]!;
    for (let i = at; i < to; i++) {
      const kind = kindOf[text.charCodeAt(i)]!;
      last = (last << KIND_BITS) | kind;
      if (kind === ASK || seen[placeOf(last)] === 1) return i;
    }
    return to;
  }
}
const placeOf = (last: number): number => Math.imul(last << (32 - 4 * KIND_BITS), 0x9e3779b1) >>> 18;

/** Of the word that ends before `end`; `end` where none does. */
function wordStart(text: string, from: number, end: number): number {
  let start = end;
  for (let at = characterBefore(text, from, end); at < start; at = characterBefore(text, from, start)) {
    if (start < end && isHyphen(text.charCodeAt(at))) at = characterBefore(text, from, at);
    if (!isInWord(text, at, end)) break;
    start = at;
  }
  return start;
}
const characterBefore = (text: string, from: number, at: number): number =>
  Math.max(from, at - (at > 1 && isHigh(text.charCodeAt(at - 2)) ? 2 : 1));

/** Whether a word that has come to there goes on. */
const goesOn = (text: string, at: number, to: number): boolean =>
  isInWord(text, at, to) || (at < to && isHyphen(text.charCodeAt(at)) && isInWord(text, at + 1, to));

/** Whether a character that words have begins there. */
function isInWord(text: string, at: number, to: number): boolean {
  if (at >= to) return false;
  const kind = kinds![text.charCodeAt(at)]!;
  return kind !== NONE && (kind !== ASK || IN_WORD.test(String.fromCodePoint(text.codePointAt(at)!)));
}
const IN_WORD = /[\p{L}\p{M}]/u;
const isHigh = (code: number): boolean => (code & 0xfc00) === 0xd800;
const isHyphen = (code: number): boolean => code === 0x2d || code === 0x2010;

const KIND_BITS = 5;
const NONE = 0;
const ASK = 2 ** KIND_BITS - 1;
/**
 * Of each code unit that a word may have one of 30 kinds, that of what it is in lower case; those of pairs, and what has no such by
 * itself, are to be asked.
 */
let kinds: Uint8Array | undefined;
function kindsOfUnits(): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (let code = 0; code < 0x10000; code++) {
    const unit = String.fromCharCode(code);
    if (!IN_WORD.test(unit)) continue;
    const lower = unit.toLowerCase();
    // A capital sigma is another at a word's end.
    table[code] = lower.length === 1 && code !== 0x3a3 ? 1 + (lower.charCodeAt(0) % 30) : ASK;
  }
  return table.fill(ASK, 0xd800, 0xdc00);
}
