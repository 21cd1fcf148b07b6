import { expect, test } from 'vitest';
import { LABEL_BASELINES } from './labelBaselines';

const { majority, naiveBayes } = LABEL_BASELINES;

test('words are counted once more than they occur, by hand', () => {
  const label = naiveBayes([
    { label: 'sea', text: 'whale Whale ship' },
    { label: 'land', text: 'horse' },
    { label: 'land', text: 'horse a cart' },
  ]);
  // Of a word, (count + 1) / (words of the label + 4 words that are known): sea 3/7, land 1/7, times a third and two thirds.
  expect(label('whale')).toBe('sea');
  // Sea 2/7 of a third, land 1/7 of two thirds: as likely, and land is first.
  expect(label('ship')).toBe('land');
  expect(label('ship ship')).toBe('sea');
  // Of no word that is known, and of one letter, it is the commoner.
  expect(label('a zebra')).toBe('land');
});

test('letters of any script are words', () => {
  const label = naiveBayes([
    { label: 'ru', text: 'кит КИТ' },
    { label: 'el', text: 'φάλαινα' },
  ]);
  expect(label('Кит')).toBe('ru');
  expect(label('φάλαινα, φάλαινα')).toBe('el');
});

test('the majority is the commonest label, and of like ones the first', () => {
  const of = (...labels: readonly string[]): string => majority(labels.map((label) => ({ label, text: '' })))('any');
  expect(of('b', 'a', 'b')).toBe('b');
  expect(of('b', 'a')).toBe('a');
});
