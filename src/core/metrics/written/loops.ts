import { shareOf } from '../share';
import type { Words, WrittenMetric } from './writtenMetric';

/** Share of texts that end in the same two or more words, three times in a row. */
export const loops: WrittenMetric = {
  label: 'Loops',
  unit: '%',
  better: 'lower',
  says: 'share of generated texts that end in a loop',
  source: 'Holtzman et al. 2019, "The Curious Case of Neural Text Degeneration", section 5.3, arXiv:1904.09751',
  signature: 'case:mixed|tok:words|least:2|times:3|interval:wilson',
  of: (texts) => (texts.length === 0 ? { value: NaN } : shareOf(texts.filter(endsInLoop).length, texts.length)),
};
const [MIN, TIMES] = [2, 3];

/** Linear-time check: reversed, a loop of k words matches itself from k on over `(TIMES - 1) * k` words. */
function endsInLoop(words: Words): boolean {
  const back = [...words].reverse();
  // Z algorithm (Gusfield 1997, section 1.3): matches[k] words from k on equal those at the start.
  const matches = new Uint32Array(back.length);
  let [from, to] = [0, 0];
  for (let k = 1; k * TIMES <= back.length; k++) {
    let count = k < to ? Math.min(to - k, matches[k - from]!) : 0;
    while (k + count < back.length && back[count] === back[k + count]) count++;
    matches[k] = count;
    if (k + count > to) [from, to] = [k, k + count];
    if (k >= MIN && count >= (TIMES - 1) * k) return true;
  }
  return false;
}
