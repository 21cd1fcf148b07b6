import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LabeledTexts } from '../../../core/evaluate/evaluation';
import { answersAt, eachLabel } from '../../../core/evaluate/eachLabel';
import { FINDINGS } from '../../../ui/LabelTable';
import { calibrationWords } from './ConfidencePane';
import {
  textsInCell,
  textsWithFinding,
  isRight,
  predictedTexts,
  likelyWrong,
  percent,
  weakestLabel,
  mistakesOf,
} from './predictedTexts';

const LABELED: LabeledTexts = {
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

test('shows calibration with two digits, and never a probability below 1 as 100 %', () => {
  expect(calibrationWords({ value: 0.03547, low: 0.03538, high: 0.03556 })).toBe(
    'Well calibrated: confidence is off by 0.035 % on average, 0.035 to 0.036.',
  );
  expect(calibrationWords({ value: 12.345 })).toBe('Poorly calibrated: confidence is off by 12 % on average.');
  expect(percent(0.999648)).toBe('>99.9 %');
  expect(percent(1)).toBe('100 %');
});

test('lists mistakes by cell, the most confident first, and suspected label errors separately', () => {
  const texts = predictedTexts(LABELED);
  expect(texts.map(isRight)).toEqual([true, false, true, false, true]);
  expect(textsInCell(texts, 0, 1).map(({ index }) => index)).toEqual([5]);
  expect(mistakesOf(texts).map(({ index }) => index)).toEqual([5, 9]);
  // Confidence in sea matches its mean on sea texts; confidence in land is below its mean on land texts.
  expect(likelyWrong(texts, 2).map(({ index }) => index)).toEqual([5, 9]);
  expect(likelyWrong(texts.with(3, { ...texts[3]!, confidence: 0.46 }), 2).map(({ index }) => index)).toEqual([5]);
});

test('a multi-label text is right if all of its labels are predicted', () => {
  const several = predictedTexts({
    ...LABELED,
    wanted: [[0, 1], [0], [], [1], [1]],
    given: [[1, 0], [0, 1], [], [1], []],
  });
  expect(several.map(isRight)).toEqual([true, false, true, true, false]);
});

test('a higher threshold gives fewer answers, and no more right ones', () => {
  expect(answersAt(LABELED, 0)).toMatchObject({ answered: 5, right: 3, texts: 5 });
  expect(answersAt(LABELED, 0.6)).toMatchObject({ answered: 4, right: 3 });
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
      const [low, high] = [answersAt(LABELED, Math.min(a, b))!, answersAt(LABELED, Math.max(a, b))!];
      expect(high.answered).toBeLessThanOrEqual(low.answered);
      expect(high.right).toBeLessThanOrEqual(low.right);
      expect(low.right).toBeLessThanOrEqual(low.answered);
    }),
  );
});

const SEVERAL: LabeledTexts = {
  ...LABELED,
  wanted: [[0, 1], [0], [], [1], [1]],
  given: [[0, 1], [0, 1], [], [1], []],
  sure: [0.7, 0.6, 0.55, 0.9, 0.8],
  probabilities: [[0.7, 0.9], [0.6, 0.8], [0.45, 0.3], [0.05, 0.9], [0.2, 0.1]], // prettier-ignore
};

test('multi-label texts are listed by label and finding, at any threshold', () => {
  for (const atLeast of [0, 0.4, 0.75]) {
    const texts = predictedTexts(SEVERAL, atLeast);
    const each = eachLabel(SEVERAL, texts.map(({ predicted }) => predicted)); // prettier-ignore
    for (const [label, own] of each.entries())
      expect(FINDINGS.map((finding) => textsWithFinding(texts, label, finding).length)).toEqual([own.found, own.missed, own.wrong]); // prettier-ignore
    expect(texts.filter(isRight)).toHaveLength(answersAt(SEVERAL, atLeast)!.right);
  }
  expect(textsWithFinding(predictedTexts(SEVERAL), 1, 'wrong').map(({ index }) => index)).toEqual([5]);
  expect(textsWithFinding(predictedTexts(SEVERAL, 0.75), 0, 'missed').map(({ index }) => index)).toEqual([3, 5]);
  expect(predictedTexts(SEVERAL, 0.4)[2]).toMatchObject({ predicted: [0], confidence: 0.45 });
  expect(answersAt({ ...LABELED, given: SEVERAL.given, wanted: SEVERAL.wanted }, 0.4)).toBeUndefined();
});

test('the weakest label has the lowest recall, and none is named if all are equal', () => {
  const row = (label: string, found: number, missed: number, wrong = 0) => ({ label, found, missed, wrong });
  const none = row('none', 0, 0);
  expect(weakestLabel([row('a', 9, 1), row('b', 8, 2), none], 'recall')).toEqual({
    term: 'Weakest label',
    words: 'b, recall 80 %',
  });
  expect(weakestLabel([row('ok', 60, 0), row('spam', 25, 0)], 'recall')).toEqual({
    term: 'Recall',
    words: '100 % for every label',
  });
  // Multi-label texts: by F1, which counts wrong predictions too.
  expect(weakestLabel([row('a', 5, 0), row('b', 5, 0, 5)], 'F1')?.words).toBe('b, F1 66.7 %');
  expect(weakestLabel([none], 'recall')).toBeUndefined();
});
