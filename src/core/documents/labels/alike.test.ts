import { expect, test } from 'vitest';
import { alikeNames } from './alike';

const alike = (...labels: readonly string[]) =>
  alikeNames(labels.map((label, i) => ({ label, count: 100 - i }))).map(({ names }) => names);

test('matches names that differ in case, separators or final punctuation', () => {
  expect(alike('Spam', 'ham', 'spam ', 'spam.', 'SPAM . !')).toEqual([['Spam', 'spam ', 'spam.', 'SPAM . !']]);
  expect(alike('not spam', 'not_spam', 'Not -- Spam')).toEqual([['not spam', 'not_spam', 'Not -- Spam']]);
  expect(alike('a-b-c', 'a b c')).toEqual([['a-b-c', 'a b c']]);
  expect(alike('1', '-1', 'C', 'C#', '_a', 'a_', 'a')).toEqual([]);
});

test('takes linear time for long runs of punctuation', () => {
  const long = (sign: string): string => `a${sign.repeat(200_000)}#`;
  expect(alike(long('.'), long('-'), long(' '), long('_'), `${long('.')}!`)).toHaveLength(1);
}, 10_000);
