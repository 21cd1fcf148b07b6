/**
 * Words that were cut at a line's end are joined.
 *
 * What the passage has elsewhere decides: if it has the joined word at least as often as that with a hyphen, they are joined; if
 * it has that with a hyphen, it stays. Where it has neither, the hyphen stays if both halves are words there, if the word has other
 * hyphens, or if it begins as compounds do (self-, well-, twenty-); else they are joined, and always at a soft hyphen. Nothing
 * changes where the second half is not in lower case (Nord-\nSüd, 1914-\n1918), or is a word as after a hyphen that stands for a word to come
 * (Haupt-\nund Nebenwege). German's old k-k for ck is not made good.
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

/** A line's end in a word: of these there are fewer than hyphens, and they are found sooner. */
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

/** A word with the line ends in it. */
interface CutWord {
  at: number;
  cut: string;
  /** It has another hyphen before it; after it. */
  isTail: boolean;
  isHead: boolean;
  /** word, hyphen, word, hyphen, word */
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

/** Of the word that has this character. */
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
  // A word is cut once or twice; thousands in a row are none.
  if (halves.length > 2 * MAX_CUTS + 1) return cut;
  const between = cut.match(CUTS)!;
  let joined = halves.at(-1)!;
  // From the end, so that what is left as it is now is left so again.
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

/** What goes between two halves; undefined: what stands there. */
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

/** How often what is asked of cut words is in the passage, but for these. */
function timesSeen(passage: string, words: readonly CutWord[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { halves } of words) {
    if (halves.length > 2 * MAX_CUTS + 1) continue;
    for (let i = 0; i < halves.length - 1; i += 2) {
      const first = halves[i]!.toLowerCase();
      counts.set(first, 0);
      // What follows may have been joined to what follows that.
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

/** UTF-8 of a passage with a space in place of each of these: it lies there until this is called again. */
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
