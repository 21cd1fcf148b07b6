/**
 * Joins words that were split at line ends.
 *
 * The rest of the passage decides. Joins without a hyphen if it has the joined word at least as often as the
 * hyphenated one. Otherwise keeps the hyphen if it has the hyphenated word. If it has neither, keeps the hyphen if
 * both halves are words there, or the word has other hyphens or begins like a compound (self-, well-, twenty-). Joins
 * without it otherwise, and always at a soft hyphen. Changes nothing if the second half isn't in lowercase
 * (Nord-\nSüd, 1914-\n1918), or typically follows a suspended hyphen (Haupt-\nund Nebenwege). Doesn't restore ck from
 * the old German split k-k.
 *
 * @example `"cause of great grati-\ntude to God"` becomes `"cause of great gratitude to God"`
 * @example `"his self-\nesteem, his mother-in-\nlaw"` becomes `"his self-esteem, his mother-in-law"`
 * @example `"a well-worn deck, a well-\nworn mast"` becomes `"a well-worn deck, a well-worn mast"`
 * @example `"We over-\ntake what overtakes us: over, take, overtake."` becomes `"We overtake what overtakes us: over, take, overtake."`
 * @example `"the whale ship; a whale-\nship"` becomes `"the whale ship; a whale-ship"`
 * @example `"Haupt-\nund Nebenwege, Nord-\nSüd, die Bun-\ndes-\nbahn"` becomes `"Haupt-\nund Nebenwege, Nord-\nSüd, die Bundesbahn"`
 * @example `"so\u00ad\nlemn"` becomes `"solemn"`
 */
import { countCharacters } from '../../../base/utf8';
import { countWords } from '../wordCounts';
import { textRule } from './rule';

/** Matches a line end within a word: rarer than hyphens, so faster to find. */
const SPLIT_END = /\n(?<=[\p{L}\p{M}][-\u2010\xad][ \t]*\r?\n)[ \t]*(?=\p{Ll})/gu;
const SPLIT_WORD = /[\p{L}\p{M}]+(?:[-\u2010\xad][ \t]*\r?\n[ \t]*\p{Ll}[\p{L}\p{M}]*)+(?=([-\u2010](?=\p{L}))?)/uy;
const SPLITS = /([-\u2010\xad])[ \t]*\r?\n[ \t]*/g;
const MAX_SPLITS = 10;
const COMPOUND_STARTS = new Set(
  (
    'all cross ever ex great half ill mid non post quasi self semi so vice well ' +
    'twenty thirty forty fifty sixty seventy eighty ninety'
  ).split(' '),
);
const SUSPENDED_FOLLOWERS = new Set(
  'and or to und oder bis sowie bzw et ou y o e u en of och eller og i lub a'.split(' '),
);

export const hyphenation = textRule({
  label: 'Words split at line ends',
  does: 'Rejoins words that were split at a line end',
  costs: 'some compounds lose their hyphen',
  source: 'Homegrown, by the text’s other words, as in Bassil and Alwani 2012 on OCR',
  fields: {},
  recommended: 'printed pages are full of half words',
  changes: () => (passage) => {
    const words = findSplitWords(passage);
    if (words.length === 0) return { text: passage, places: 0 };
    const counts = countCandidates(passage, words);
    let [text, copiedEnd, places, characters] = ['', 0, 0, 0];
    for (const word of words) {
      const joined = joinWord(word, counts);
      if (joined === word.text) continue;
      text += passage.slice(copiedEnd, word.index) + joined;
      copiedEnd = word.index + word.text.length;
      places++;
      characters += countCharacters(joined) - countCharacters(word.text);
    }
    return { text: text + passage.slice(copiedEnd), places, characters };
  },
});

/** Word with line ends in it. */
interface SplitWord {
  index: number;
  text: string;
  /** Whether another hyphen precedes it, and follows it. */
  followsHyphen: boolean;
  precedesHyphen: boolean;
  /** Alternates between word parts and hyphens. */
  parts: readonly string[];
}

function findSplitWords(passage: string): readonly SplitWord[] {
  const splitWords: SplitWord[] = [];
  SPLIT_END.lastIndex = 0;
  for (let match = SPLIT_END.exec(passage); match; match = SPLIT_END.exec(passage)) {
    let hyphen = match.index - 1;
    while (passage.charCodeAt(hyphen) <= 0x20) hyphen--;
    SPLIT_WORD.lastIndex = wordStart(passage, hyphen);
    const { 0: text, 1: nextHyphen, index } = SPLIT_WORD.exec(passage)!;
    SPLIT_END.lastIndex = index + text.length;
    const parts = text.split(SPLITS);
    splitWords.push({
      index,
      text,
      followsHyphen: isHyphen(passage[index - 1]),
      precedesHyphen: nextHyphen !== undefined,
      parts,
    });
  }
  return splitWords;
}

/** Start of the word that contains this character. */
function wordStart(text: string, index: number): number {
  let start = index;
  while (start > 0) {
    const isSurrogatePair = (text.charCodeAt(start - 1) & 0xfc00) === 0xdc00;
    const previous = start - (isSurrogatePair ? 2 : 1);
    if (!/^[\p{L}\p{M}]/u.test(text.slice(previous, start))) break;
    start = previous;
  }
  return start;
}

function joinWord(
  { text, followsHyphen, precedesHyphen, parts }: SplitWord,
  counts: ReadonlyMap<string, number>,
): string {
  // Words are split once or twice; thousands of parts aren't a word.
  if (parts.length > 2 * MAX_SPLITS + 1) return text;
  const breaks = text.match(SPLITS)!;
  let joined = parts.at(-1)!;
  // Starts from the end, so that a second application makes the same choices.
  for (let i = breaks.length - 1; i >= 0; i--) {
    const first = parts[2 * i]!;
    const hasOtherHyphen = (i === 0 && followsHyphen) || joined.includes('-') || precedesHyphen;
    const joint = chooseJoint(first, parts[2 * i + 1]!, leadingLetters(joined), hasOtherHyphen, counts);
    joined = first + (joint ?? breaks[i]!) + joined;
  }
  return joined;
}

const isHyphen = (character: string | undefined) => character === '-' || character === '\u2010';
const leadingLetters = (text: string) => /^[\p{L}\p{M}]+/u.exec(text)?.[0] ?? '';

/** Joint of two halves; undefined to keep the text between them. */
function chooseJoint(
  first: string,
  hyphen: string,
  second: string,
  hasOtherHyphen: boolean,
  counts: ReadonlyMap<string, number>,
): string | undefined {
  if (SUSPENDED_FOLLOWERS.has(second)) return undefined;
  if (hyphen === '\xad') return '';
  const a = first.toLowerCase();
  const countOf = (word: string) => counts.get(word) ?? 0;
  const [joined, hyphenated] = [countOf(a + second), countOf(`${a}-${second}`)];
  if (joined > 0 && joined >= hyphenated) return '';
  if (hyphenated > 0 || hasOtherHyphen || COMPOUND_STARTS.has(a)) return '-';
  return countOf(a) > 0 && countOf(second) > 0 ? '-' : '';
}

/** Counts the words that decide the joints in the passage, outside of the split words. */
function countCandidates(passage: string, words: readonly SplitWord[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { parts } of words) {
    if (parts.length > 2 * MAX_SPLITS + 1) continue;
    for (let i = 0; i < parts.length - 1; i += 2) {
      const first = parts[i]!.toLowerCase();
      counts.set(first, 0);
      // The following part may already be joined to the part after it.
      let second = '';
      for (let j = i + 2; j < parts.length; j += 2) {
        second += parts[j]!;
        for (const word of [second, first + second, `${first}-${second}`]) counts.set(word, 0);
      }
    }
  }
  countWords(maskedUtf8(passage, words), counts);
  return counts;
}

/** UTF-8 of the passage with a space in place of each split word, in a buffer that the next call reuses. */
function maskedUtf8(passage: string, words: readonly SplitWord[]): Uint8Array {
  if (3 * passage.length > buffer.length) buffer = new Uint8Array(3 * passage.length);
  let [copiedEnd, length] = [0, 0];
  const append = (to: number): void => {
    length += encoder.encodeInto(passage.slice(copiedEnd, to), buffer.subarray(length)).written;
  };
  for (const { index, text } of words) {
    append(index);
    buffer[length++] = 0x20;
    copiedEnd = index + text.length;
  }
  append(passage.length);
  return buffer.subarray(0, length);
}
let buffer = new Uint8Array(2 ** 12);
const encoder = new TextEncoder();
