import { expect, test } from 'vitest';
import { LABEL_BASELINES, LABEL_BASELINES_OF_EACH } from './labelBaselines';

const { majority, naiveBayes } = LABEL_BASELINES;

test('matches predictions with add-one smoothing by hand', () => {
  const label = naiveBayes([
    { label: 'sea', text: 'whale Whale ship' },
    { label: 'land', text: 'horse' },
    { label: 'land', text: 'horse a cart' },
  ]);
  // P(word) = (count + 1) / (words of the label + 4 known words): sea 3/7, land 1/7, times a third and two thirds.
  expect(label('whale')).toBe('sea');
  // Sea has 2/7 of a third and land 1/7 of two thirds: a tie, and land is first.
  expect(label('ship')).toBe('land');
  expect(label('ship ship')).toBe('sea');
  // Unknown words and single letters leave the more common label.
  expect(label('a zebra')).toBe('land');
});

test('counts words of any script', () => {
  const label = naiveBayes([
    { label: 'ru', text: 'кит КИТ' },
    { label: 'el', text: 'φάλαινα' },
  ]);
  expect(label('Кит')).toBe('ru');
  expect(label('φάλαινα, φάλαινα')).toBe('el');
});

test('the majority class is the most common label; ties go to the first', () => {
  const of = (...labels: readonly string[]): string => majority(labels.map((label) => ({ label, text: '' })))('any');
  expect(of('b', 'a', 'b')).toBe('b');
  expect(of('b', 'a')).toBe('a');
});

test('predicts each of several labels separately, as by hand', () => {
  const texts = [
    { places: [0], text: 'whale ship' },
    { places: [0, 2], text: 'whale storm' },
    { places: [], text: 'a horse and cart' },
    { places: [2], text: 'storm' },
  ];
  // A label of no text is never predicted, and a label of all texts always is.
  const own = texts.map(({ text, places }) => ({ text, places: [...places, 3] }));
  const label = LABEL_BASELINES_OF_EACH.naiveBayes(own, 4);
  // With 6 known words, P(whale) is (2 + 1) / (4 + 6) with label 0, and (0 + 1) / (4 + 6) without; with label 2
  // (1 + 1) / (3 + 6), and (1 + 1) / (5 + 6) without. Half of the texts have each label.
  expect(label('whale')).toEqual([0, 2, 3]);
  expect(label('ship')).toEqual([0, 3]);
  expect(label('storm storm')).toEqual([2, 3]);
  expect(label('horse')).toEqual([3]);
  // Without known words, the prior of one half decides, which isn't enough.
  expect(label('zebra')).toEqual([3]);
  expect(LABEL_BASELINES_OF_EACH.majority(own, 4)()).toEqual([3]);
});
