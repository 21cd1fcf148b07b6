/** What is said of words that give labels away, wherever texts with labels are told of. */
import { formatCount, formatShare } from '../../base/units';
import type { Leak } from './leaks';
import { listed, named } from './named';

export interface LeakWords {
  label: string;
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
        ? 'If it comes of how the texts were collected, take it out of them: a classifier would learn that word and little else.'
        : 'If they come of how the texts were collected, take them out of them: a classifier would learn those words and little else.';
    const words = `${what} is in ${share(within)} of its texts, and in ${share(without)} of the others.`;
    return { label, count, words, remedy };
  });
}

const share = ({ texts, of }: Leak['within']): string =>
  `${formatCount(texts)} of ${formatCount(of)} (${formatShare(texts / of)})`;
