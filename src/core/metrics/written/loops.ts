import { shareOf } from '../share';
import type { Words, WrittenMetric } from './writtenMetric';

/** Texts that end in two words or more, three times in a row. */
export const loops: WrittenMetric = {
  label: 'Loops',
  unit: '%',
  better: 'lower',
  says: 'how many texts end in the same words over and over',
  source: 'Holtzman et al. 2019, "The Curious Case of Neural Text Degeneration", section 5.3, arXiv:1904.09751',
  signature: 'case:mixed|tok:words|least:2|times:3|interval:wilson',
  of: (texts) => (texts.length === 0 ? { value: NaN } : shareOf(texts.filter(endsInLoop).length, texts.length)),
};
const [LEAST, TIMES] = [2, 3];

function endsInLoop(words: Words): boolean {
  for (let length = LEAST; length * TIMES <= words.length; length++) {
    const end = words.slice(-length * TIMES);
    if (end.every((word, i) => word === end[i % length])) return true;
  }
  return false;
}
