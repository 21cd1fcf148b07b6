/** Counts sentences as spaCy's sentencizer does: they end after a terminal sign and the punctuation after it. */
import { HAS_LETTER, type Words } from './words';

/** @param words of the text; @param from @param to index range of the line's words */
export function sentencesIn(text: string, words: Words, from = 0, to = words.count): number {
  let sentences = 0;
  let isOpen = false;
  let hasEnded = false;
  for (let i = from; i < to; i++) {
    const sign = words.flags[i]! & HAS_LETTER ? '' : text.slice(words.starts[i], words.ends[i]);
    const isEnd = sign !== '' && SENTENCE_END.test(sign);
    if (!isOpen || (hasEnded && !isEnd && !PUNCTUATION.test(sign))) {
      sentences++;
      isOpen = true;
      hasEnded = false;
    }
    if (isEnd) hasEnded = true;
  }
  return sentences;
}
const SENTENCE_END = /^\p{Sentence_Terminal}$/u;
const PUNCTUATION = /^\p{P}+$/u;
