/** Messages about words that reveal labels, for all pages and the terminal. */
import { labelsIn } from '../../base/labels';
import { counted, formatCount, formatShare } from '../../base/units';
import { type Leak, WordsByLabel } from './leaks';
import { listed, named } from './named';

export interface LeakWords {
  label: string;
  /** Strongest word, in lowercase. */
  word: string;
  /** Number of such words. */
  count: number;
  /** A sentence, and advice in another. */
  words: string;
  remedy: string;
}

/** Returns one message per label, with all of its words. @param leaks strongest first */
export function leakWords(leaks: readonly Leak[]): readonly LeakWords[] {
  return [...new Set(leaks.map(({ label }) => label))].map((label) => {
    const own = leaks.filter((leak) => leak.label === label);
    const [{ word, within, without }] = own as [Leak];
    const count = own.length;
    const all = own.map((leak) => leak.word);
    const what =
      count === 1
        ? `The word ${named(word)} gives ${named(label)} away: it`
        : `The words ${listed(all, count)} give ${named(label)} away: ${named(word)}`;
    const remedy =
      count === 1
        ? 'A classifier may learn that word and little else. Add texts with it that have other labels.'
        : 'A classifier may learn those words and little else. Add texts with them that have other labels.';
    const words = `${what} is in ${share(within)} of its texts, and in ${share(without)} of the others.`;
    return { label, word, count, words, remedy };
  });
}

/** Same for labeled texts. @param several whether a text may have several labels */
export async function leakWordsIn(
  texts: Iterable<{ text: string; label: string }> | AsyncIterable<{ text: string; label: string }>,
  several: boolean,
): Promise<readonly LeakWords[]> {
  const words = new WordsByLabel();
  for await (const { text, label } of texts) words.add(text, several ? labelsIn(label) : [label]);
  return leakWords(words.leaks());
}

export interface LeakNotice {
  title: string;
  text: string;
  /** Strongest word, in lowercase. */
  word: string;
}

/** The warning next to an accuracy; undefined if no word gives a label away. */
export function leakNotice(leaks: readonly LeakWords[]): LeakNotice | undefined {
  const [worst] = leaks;
  if (!worst) return undefined;
  const words = leaks.reduce((sum, { count }) => sum + count, 0);
  const others = leaks.length - 1;
  const more = others === 0 ? '' : ` Words also give ${counted(others, 'more label', 'more labels')} away.`;
  return {
    word: worst.word,
    title: `The accuracy may come from ${words === 1 ? 'one word' : counted(words, 'word')}`,
    text: `${worst.words}${more} ${(leaks.find(({ count }) => count > 1) ?? worst).remedy}`,
  };
}

const share = ({ texts, of }: Leak['within']): string =>
  `${formatCount(texts)} of ${formatCount(of)} (${formatShare(texts / of)})`;
