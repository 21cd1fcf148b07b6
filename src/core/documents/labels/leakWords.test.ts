/** Warning next to an accuracy that single words may explain. */
import { expect, test } from 'vitest';
import type { Leak } from './leaks';
import { leakNotice, leakWords, leakWordsIn } from './leakWords';

const leak = (word: string, label: string): Leak => ({
  ...{ word, label, within: { texts: 40, of: 40 }, without: { texts: 0, of: 80 }, above: 0.9 },
});

test('the warning reports the number of words, their counts and a remedy', () => {
  expect(leakNotice([])).toBeUndefined();
  expect(leakNotice(leakWords([leak('the', 'ok')]))).toEqual({
    word: 'the',
    title: 'The accuracy may come from one word',
    text: 'The word “the” gives “ok” away: it is in 40 of 40 (100 %) of its texts, and in 0 of 80 (0 %) of the others. A classifier may learn that word and little else. Add texts with it that have other labels.',
  });
  const notice = leakNotice(leakWords(['a', 'b', 'c', 'd'].flatMap((label) => [leak(`x${label}`, label), leak(`y${label}`, label)])))!; // prettier-ignore
  expect(notice.title).toBe('The accuracy may come from 8 words');
  expect(notice.text).toMatch(
    /^The words “xa” and “ya” give “a” away: .* of the others\. Words also give 3 more labels away\. A classifier may learn those words and /,
  );
});

test('counts texts with several labels for each label', async () => {
  const texts = Array.from({ length: 60 }, (_, i) => ({
    text: i % 2 ? `zq ${i}` : `${i}`,
    label: i % 2 ? 'a|b' : 'b',
  }));
  expect((await leakWordsIn(texts, true)).map(({ label }) => label)).toEqual(['a']);
  expect((await leakWordsIn(texts, false)).map(({ label }) => label)).toEqual(['a|b']);
});
