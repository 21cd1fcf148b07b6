/** Made-up emails with a label each, for classifiers that train in seconds. */
import { bits } from '../../src/core/base/rng';

export const GOOD = 'meeting report lunch project notes call team plan'.split(' ');
const BAD = 'win money free click offer prize cash deal'.split(' ');
/** Words drawn for a text. */
export const words = (of: readonly string[], i: number, length: number): string =>
  Array.from({ length }, (_, k) => of[bits(1, 'mail', i, k) % of.length]!).join(' ');
/** Subject, body and label; some labels are written in a second way. */
export const ROWS = Array.from({ length: 120 }, (_, i) => {
  const isSpam = i % 3 === 0;
  const own = isSpam ? BAD : GOOD;
  const kind = isSpam ? (i % 30 === 0 ? 'Spam' : 'spam') : 'ham';
  return [words(own, i, 2), words(own, 1000 + i, 3 + (i % 5)), kind] as const;
});
