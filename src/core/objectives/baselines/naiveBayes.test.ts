import { expect, test } from 'vitest';
import { LABEL_BASELINES, LABEL_BASELINES_OF_EACH } from './labelBaselines';

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

test('of several labels each is judged by itself, by hand', () => {
  const texts = [
    { places: [0], text: 'whale ship' },
    { places: [0, 2], text: 'whale storm' },
    { places: [], text: 'a horse and cart' },
    { places: [2], text: 'storm' },
  ];
  // One that no text has is never given, and one that all have always is.
  const own = texts.map(({ text, places }) => ({ text, places: [...places, 3] }));
  const label = LABEL_BASELINES_OF_EACH.naiveBayes(own, 4);
  // Of 6 words that are known whale is (2 + 1) / (4 + 6) of those with 0, (0 + 1) / (4 + 6) of those without; with 2 it is
  // (1 + 1) / (3 + 6), without (1 + 1) / (5 + 6). Half of the texts have each.
  expect(label('whale')).toEqual([0, 2, 3]);
  expect(label('ship')).toEqual([0, 3]);
  expect(label('storm storm')).toEqual([2, 3]);
  expect(label('horse')).toEqual([3]);
  // Of no known word the halves decide, which is not likelier than not.
  expect(label('zebra')).toEqual([3]);
  expect(LABEL_BASELINES_OF_EACH.majority(own, 4)()).toEqual([3]);
});
