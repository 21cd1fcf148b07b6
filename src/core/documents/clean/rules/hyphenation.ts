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
import { replaced, textRule } from './rule';

const CUT = /[-\u2010\xad][ \t]*\r?\n/;
const CUT_WORDS =
  /(?<![\p{L}\p{M}])([\p{L}\p{M}]+)(?:[-\u2010\xad][ \t]*\r?\n[ \t]*\p{Ll}[\p{L}\p{M}]*)+(?=([-\u2010](?=\p{L}))?)/gu;
const CUTS = /([-\u2010\xad])[ \t]*\r?\n[ \t]*/g;
const WORDS = /[\p{L}\p{M}]+(?:[-\u2010](?=\p{L})[\p{L}\p{M}]+)*/gu;
const MOST_CUTS = 10;
const FIRST_OF_COMPOUNDS = new Set(
  (
    'all cross ever ex great half ill mid non post quasi self semi so vice well ' +
    'twenty thirty forty fifty sixty seventy eighty ninety'
  ).split(' '),
);
const AFTER_SUSPENDED = new Set('and or to und oder bis sowie bzw et ou y o e u en of och eller og i lub a'.split(' '));

export const hyphenation = textRule({
  label: 'Words cut at line ends',
  does: 'joined, where the passage does not have them with a hyphen',
  costs: 'some compounds lose a hyphen that was theirs',
  source: 'own; by what else the text has, as in Bassil and Alwani 2012 on text read from paper',
  fields: {},
  recommended: 'Half words are no words, and printed pages are full of them',
  changes: () => (passage) => {
    if (!CUT.test(passage)) return { text: passage, places: 0 };
    const seen = counted(passage);
    return replaced(passage, CUT_WORDS, (cut, _first, more: string | undefined, ...rest) => {
      const at = rest.at(-2) as unknown as number;
      const isTail = isHyphen(passage[at - 1]);
      const halves = cut.split(CUTS); // word, hyphen, word, hyphen, word
      const between = cut.match(CUTS)!;
      // A word is cut once or twice; thousands in a row are none.
      if (between.length > MOST_CUTS) return cut;
      let joined = halves.at(-1)!;
      // From the end, so that what is left as it is now is left so again.
      for (let i = between.length - 1; i >= 0; i--) {
        const first = halves[2 * i]!;
        const hasMore = (i === 0 && isTail) || joined.includes('-') || more !== undefined;
        const by = joint(first, halves[2 * i + 1]!, leading(joined), hasMore, seen);
        joined = first + (by ?? between[i]!) + joined;
      }
      return joined;
    });
  },
});

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

/** Its words, in lower case, but those cut. */
function counted(passage: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of passage.replace(CUT_WORDS, '').toLowerCase().replaceAll('\u2010', '-').matchAll(WORDS))
    counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
