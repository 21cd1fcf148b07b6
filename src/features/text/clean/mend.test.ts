import { expect, test } from 'vitest';
import { ruleOf } from '../../../core/documents/clean/rules';
import { mendsOf, stepOfMend } from './mend';

const applied = (text: string, before: string, after: string): string =>
  mendsOf(before, after)
    .map(stepOfMend)
    .reduce((passage, { rule, settings }) => {
      const working = ruleOf(rule).start(settings as never) as Awaited<ReturnType<ReturnType<typeof ruleOf>['start']>>;
      return working.document({ title: '' }).changes!()!(passage).text;
    }, text);

test.each([
  ['to iuvoke foreign help', 'to invoke foreign help', 'He would iuvoke it', 'He would invoke it'],
  ['the fact ious men', 'the factious men', 'a fact ious lot', 'a factious lot'],
  ['Call me  Ishmael', 'Call me Ishmael', 'me  too', 'me too'],
  ['one teh two adn', 'one the two and', 'adn teh', 'and the'],
  ['word', 'word!', 'a word or wordy', 'a word! or wordy'],
  ['a teh wrd here', 'a the word here', 'wrd and teh', 'word and the'],
  ['see the cat', 'see cat', 'the cat may breathe in', 'cat may breathe in'],
  ['men of the', 'men of', 'seen the thesis', 'seen thesis'],
  ['same', 'same', 'same', 'same'],
])('%j to %j changes %j to %j', (before, after, text, wanted) => {
  expect(applied(before, before, after)).toBe(after);
  expect(applied(text, before, after)).toBe(wanted);
});

test('equal changes become one rule, and an empty replacement deletes', () => {
  expect(mendsOf('a teh b teh c', 'a the b the c')).toEqual([{ find: 'teh', by: 'the' }]);
  expect(mendsOf('Buy now. It was', 'It was')).toHaveLength(1);
});

test('line ends changed by a text field are no edit, and rules have the line ends of the passage', () => {
  expect(mendsOf('a\r\nb\rc', 'a\nb\nc')).toEqual([]);
  expect(mendsOf('one teh\r\nnext', 'one the\nnext')).toEqual([{ find: 'teh', by: 'the' }]);
  expect(applied('a fact\r\nious lot', 'the fact\r\nious men', 'the factious men')).toBe('a factious lot');
});
