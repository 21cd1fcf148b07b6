/** Sentences on words that give labels away, for every page and the terminal. */
import { labelsIn } from '../../base/labels';
import { counted, formatCount, formatShare } from '../../base/units';
import { type Leak, WordsByLabel } from './leaks';
import { listed, named } from './named';

export interface LeakWords {
  label: string;
  /** The clearest, in lower case. */
  word: string;
  /** How many words do. */
  count: number;
  /** A sentence, and another one with what a person can do. */
  words: string;
  remedy: string;
}

/** A label at a time, each with all of its words. @param leaks the clearest first */
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

/** The same of texts with their labels. @param several whether a label is several */
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
  /** The clearest, in lower case. */
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
