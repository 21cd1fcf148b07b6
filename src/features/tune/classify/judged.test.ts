import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LabelledTexts } from '../../../core/evaluate/evaluation';
import { answered, inCell, isRight, judgedTexts, likelyWrong, weakest, worst } from './judged';

const LABELLED: LabelledTexts = {
  labels: ['land', 'sea'],
  temperature: 1,
  calibrationError: { asItLearnt: 2, scaled: 1 },
  place: [3, 5, 8, 9, 12],
  wanted: [0, 0, 1, 1, 1],
  given: [0, 1, 1, 0, 1],
  sure: [0.9, 0.95, 0.8, 0.55, 0.7],
  sureOfWanted: [0.9, 0.05, 0.8, 0.45, 0.7],
  cut: 0,
};

test('mistakes are opened by their cell, the surest first, and those that may be wrong labels apart', () => {
  const texts = judgedTexts(LABELLED);
  expect(texts.map(isRight)).toEqual([true, false, true, false, true]);
  expect(inCell(texts, 0, 1).map(({ place }) => place)).toEqual([5]);
  expect(worst(texts).map(({ place }) => place)).toEqual([5, 9]);
  // It is as sure of sea as of texts that are of the sea; of land it is less sure than of others.
  expect(likelyWrong(texts, 2).map(({ place }) => place)).toEqual([5, 9]);
  expect(likelyWrong(texts.with(3, { ...texts[3]!, sure: 0.46 }), 2).map(({ place }) => place)).toEqual([5]);
});

test('texts with several labels are right where all of them are given', () => {
  const several = judgedTexts({
    ...LABELLED,
    wanted: [[0, 1], [0], [], [1], [1]],
    given: [[1, 0], [0, 1], [], [1], []],
  });
  expect(several.map(isRight)).toEqual([true, false, true, true, false]);
});

test('the surer it must be, the fewer it answers, and no more of them are right', () => {
  const texts = judgedTexts(LABELLED);
  expect(answered(texts, 0)).toEqual({ count: 5, right: 3 });
  expect(answered(texts, 0.6)).toEqual({ count: 4, right: 3 });
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
      const [low, high] = [answered(texts, Math.min(a, b)), answered(texts, Math.max(a, b))];
      expect(high.count).toBeLessThanOrEqual(low.count);
      expect(high.right).toBeLessThanOrEqual(low.right);
      expect(low.right).toBeLessThanOrEqual(low.count);
    }),
  );
});

test('the weakest label is the one that is found least', () => {
  expect(
    weakest({
      labels: ['a', 'b', 'none'],
      counts: [
        [9, 1, 0],
        [2, 8, 0],
        [0, 0, 0],
      ],
    }),
  ).toEqual({
    label: 'b',
    found: 0.8,
  });
});
