/** How often some words are in a text, in lower case, a hyphen within them as theirs: without a string for each word that there is. */

/**
 * @param from @param to where it is looked for; a word that goes on beyond is cut there
 * @param counts by word, to which it is added; those that it has no entry of are not counted
 */
export function countWords(text: string, from: number, to: number, counts: Map<string, number>, hashes: WordHashes) {
  lowers ??= lowerUnits();
  for (let at = from; at < to;) {
    const start = at;
    let hash = BASIS;
    let isPlain = true;
    for (; at < to; at++) {
      const code = text.charCodeAt(at);
      let lower = lowers[code]!;
      if (lower === NONE) {
        // Within a word only, and not at its end.
        if ((code !== 0x2d && code !== 0x2010) || at === start || !isInWord(text, at + 1, to)) break;
        lower = 0x2d;
      } else if (lower === ASK) {
        if (!isInWord(text, at, to)) break;
        isPlain = false;
        if (isHigh(code)) at++;
      }
      hash = Math.imul(hash ^ lower, PRIME);
    }
    if (at === start) at += isHigh(text.charCodeAt(at)) ? 2 : 1;
    else if (!isPlain || hashes.may(hash)) {
      const word = text.slice(start, at).toLowerCase().replaceAll('\u2010', '-');
      const before = counts.get(word);
      if (before !== undefined) counts.set(word, before + 1);
    }
  }
}

/** Tells most of the words that are not among some. */
export class WordHashes {
  private readonly seen = new Uint8Array(2 ** 14);
  add(word: string): void {
    let hash = BASIS;
    for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), PRIME);
    this.seen[placeOf(hash)] = 1;
  }
  may(hash: number): boolean {
    return this.seen[placeOf(hash)] === 1;
  }
}
const placeOf = (hash: number): number => (hash ^ (hash >>> 15)) & (2 ** 14 - 1);

/** FNV-1a, over UTF-16 code units. */
const BASIS = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

/** Whether a character that words have begins there. */
function isInWord(text: string, at: number, to: number): boolean {
  if (at >= to) return false;
  const lower = lowers![text.charCodeAt(at)]!;
  return lower !== NONE && (lower !== ASK || IN_WORD.test(String.fromCodePoint(text.codePointAt(at)!)));
}
const IN_WORD = /[\p{L}\p{M}]/u;
const isHigh = (code: number): boolean => (code & 0xfc00) === 0xd800;

const NONE = 0;
const ASK = 1;
/** Of each code unit that a word may have that in lower case; those of pairs, and what has no such by itself, are to be asked. */
let lowers: Uint16Array | undefined;
function lowerUnits(): Uint16Array {
  const table = new Uint16Array(0x10000);
  for (let code = 0; code < 0x10000; code++) {
    const unit = String.fromCharCode(code);
    if (!IN_WORD.test(unit)) continue;
    const lower = unit.toLowerCase();
    // A capital sigma is another at a word's end.
    table[code] = lower.length === 1 && code !== 0x3a3 ? lower.charCodeAt(0) : ASK;
  }
  return table.fill(ASK, 0xd800, 0xdc00);
}
