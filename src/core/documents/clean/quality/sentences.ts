/** How many sentences a line has, as spaCy's sentencizer cuts them: after a word that ends one, and what punctuation follows it. */
import { eachWord, HAS_LETTER } from './words';

export function sentencesIn(line: string): number {
  let sentences = 0;
  let isOpen = false;
  let hasEnded = false;
  eachWord(line, (start, end, has) => {
    const sign = has & HAS_LETTER ? '' : line.slice(start, end);
    const ends = ENDS.test(sign);
    if (!isOpen || (hasEnded && !ends && !PUNCTUATION.test(sign))) {
      sentences++;
      isOpen = true;
      hasEnded = false;
    }
    if (ends) hasEnded = true;
  });
  return sentences;
}
const ENDS = /^\p{Sentence_Terminal}$/u;
const PUNCTUATION = /^\p{P}+$/u;
