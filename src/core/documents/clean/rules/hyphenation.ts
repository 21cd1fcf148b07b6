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
const CUT = /\n(?<=[\p{L}\p{M}][-\u2010\xad][ \t]*\r?\n)[ \t]*(?=\p{Ll})/gu;
const CUT_WORD = /[\p{L}\p{M}]+(?:[-\u2010\xad][ \t]*\r?\n[ \t]*\p{Ll}[\p{L}\p{M}]*)+(?=([-\u2010](?=\p{L}))?)/uy;
const CUTS = /([-\u2010\xad])[ \t]*\r?\n[ \t]*/g;
const MAX_CUTS = 10;
const FIRST_OF_COMPOUNDS = new Set(
  (
    'all cross ever ex great half ill mid non post quasi self semi so vice well ' +
    'twenty thirty forty fifty sixty seventy eighty ninety'
  ).split(' '),
);
const AFTER_SUSPENDED = new Set('and or to und oder bis sowie bzw et ou y o e u en of och eller og i lub a'.split(' '));

export const hyphenation = textRule({
  label: 'Words split at line ends',
  does: 'Rejoins words that were split at a line end',
  costs: 'some compounds lose their hyphen',
  source: 'Homegrown, by the text’s other words, as in Bassil and Alwani 2012 on OCR',
  fields: {},
  recommended: 'printed pages are full of half words',
  changes: () => (passage) => {
    const words = cutWords(passage);
    if (words.length === 0) return { text: passage, places: 0 };
    const seen = timesSeen(passage, words);
    let [text, done, places, characters] = ['', 0, 0, 0];
    for (const word of words) {
      const joined = joinedOf(word, seen);
      const { at, cut } = word;
      if (joined === cut) continue;
      text += passage.slice(done, at) + joined;
      done = at + cut.length;
      places++;
      characters += countCharacters(joined) - countCharacters(cut);
    }
    return { text: text + passage.slice(done), places, characters };
  },
});

/** Word with line ends in it. */
interface CutWord {
  at: number;
  cut: string;
  /** Whether another hyphen precedes it, and follows it. */
  isTail: boolean;
  isHead: boolean;
  /** Alternates between word parts and hyphens. */
  halves: readonly string[];
}

function cutWords(passage: string): readonly CutWord[] {
  const found: CutWord[] = [];
  CUT.lastIndex = 0;
  for (let next = CUT.exec(passage); next; next = CUT.exec(passage)) {
    let hyphen = next.index - 1;
    while (passage.charCodeAt(hyphen) <= 0x20) hyphen--;
    CUT_WORD.lastIndex = wordStart(passage, hyphen);
    const { 0: cut, 1: more, index: at } = CUT_WORD.exec(passage)!;
    CUT.lastIndex = at + cut.length;
    const halves = cut.split(CUTS);
    found.push({ at, cut, isTail: isHyphen(passage[at - 1]), isHead: more !== undefined, halves });
  }
  return found;
}

/** Start of the word that contains this character. */
function wordStart(text: string, at: number): number {
  let start = at;
  while (start > 0) {
    const isPair = (text.charCodeAt(start - 1) & 0xfc00) === 0xdc00;
    const before = start - (isPair ? 2 : 1);
    if (!/^[\p{L}\p{M}]/u.test(text.slice(before, start))) break;
    start = before;
  }
  return start;
}

function joinedOf({ cut, isTail, isHead, halves }: CutWord, seen: ReadonlyMap<string, number>): string {
  // Words are split once or twice; thousands of parts aren't a word.
  if (halves.length > 2 * MAX_CUTS + 1) return cut;
  const between = cut.match(CUTS)!;
  let joined = halves.at(-1)!;
  // Starts from the end, so that a second application makes the same choices.
  for (let i = between.length - 1; i >= 0; i--) {
    const first = halves[2 * i]!;
    const hasMore = (i === 0 && isTail) || joined.includes('-') || isHead;
    const by = joint(first, halves[2 * i + 1]!, leading(joined), hasMore, seen);
    joined = first + (by ?? between[i]!) + joined;
  }
  return joined;
}

const isHyphen = (character: string | undefined) => character === '-' || character === '\u2010';
const leading = (text: string) => /^[\p{L}\p{M}]+/u.exec(text)?.[0] ?? '';

/** Joint of two halves; undefined to keep the text between them. */
function joint(
  first: string,
  hyphen: string,
  second: string,
  hasMore: boolean,
  seen: ReadonlyMap<string, number>,
): string | undefined {
  if (AFTER_SUSPENDED.has(second)) return undefined;
  if (hyphen === '\xad') return '';
  const a = first.toLowerCase();
  const times = (word: string) => seen.get(word) ?? 0;
  const [joined, hyphened] = [times(a + second), times(`${a}-${second}`)];
  if (joined > 0 && joined >= hyphened) return '';
  if (hyphened > 0 || hasMore || FIRST_OF_COMPOUNDS.has(a)) return '-';
  return times(a) > 0 && times(second) > 0 ? '-' : '';
}

/** Counts the words that decide the joints in the passage, outside of the split words. */
function timesSeen(passage: string, words: readonly CutWord[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { halves } of words) {
    if (halves.length > 2 * MAX_CUTS + 1) continue;
    for (let i = 0; i < halves.length - 1; i += 2) {
      const first = halves[i]!.toLowerCase();
      counts.set(first, 0);
      // The following part may already be joined to the part after it.
      let second = '';
      for (let j = i + 2; j < halves.length; j += 2) {
        second += halves[j]!;
        for (const word of [second, first + second, `${first}-${second}`]) counts.set(word, 0);
      }
    }
  }
  countWords(without(passage, words), counts);
  return counts;
}

/** UTF-8 of the passage with a space in place of each split word, in a buffer that the next call reuses. */
function without(passage: string, words: readonly CutWord[]): Uint8Array {
  if (3 * passage.length > rest.length) rest = new Uint8Array(3 * passage.length);
  let [from, length] = [0, 0];
  const put = (to: number): void => {
    length += encoder.encodeInto(passage.slice(from, to), rest.subarray(length)).written;
  };
  for (const { at, cut } of words) {
    put(at);
    rest[length++] = 0x20;
    from = at + cut.length;
  }
  put(passage.length);
  return rest.subarray(0, length);
}
let rest = new Uint8Array(2 ** 12);
const encoder = new TextEncoder();
