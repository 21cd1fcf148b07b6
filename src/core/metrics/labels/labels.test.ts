import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { labelMetrics } from '.';
import { atOnce } from '../../base/job';
import { estimates } from '../text/estimate';
import type { Pair } from '../text/textMetric';
import { confusionOf } from './confusion';
import { labelsAmong, differentLabels } from './labels';

const NO_METRICS = ['index', 'labels', 'confusion', 'counts'];

test('lists every metric file', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const names = files.map((name) => name.replace('.ts', '')).filter((name) => !NO_METRICS.includes(name));
  expect(Object.keys(labelMetrics()).sort()).toEqual(names.sort());
});

/** 12 of each of a and b: 3 are predicted as the other and one as c, which is never expected. */
const PAIRS: readonly Pair[] = [
  ...Array.from({ length: 9 }, () => ({ output: ' a', wanted: 'a' })),
  ...Array.from({ length: 3 }, () => ({ output: 'b', wanted: 'a' })),
  ...Array.from({ length: 8 }, () => ({ output: 'b', wanted: 'b ' })),
  ...Array.from({ length: 3 }, () => ({ output: 'a', wanted: 'b' })),
  { output: 'c', wanted: 'b' },
];

test('accuracy, macro F1 and confusion equal those computed by hand', () => {
  const confusion = confusionOf(PAIRS);
  expect(confusion).toEqual({
    labels: ['a', 'b', 'c'],
    counts: [
      [9, 3, 0],
      [3, 8, 1],
      [0, 0, 0],
    ],
  });
  const { accuracy, macroF1 } = labelMetrics(confusion.labels);
  const [share, f1] = atOnce(estimates([accuracy, macroF1], PAIRS));
  expect(share!.value).toBeCloseTo((100 * 17) / 24, 10);
  expect(share).toMatchObject({ low: expect.closeTo(50.83, 2) as number, high: expect.closeTo(85.09, 2) as number });
  expect(f1!.value).toBeCloseTo((100 / 3) * (18 / 24 + 16 / 23 + 0), 10);
  expect(f1!.low! < f1!.value && f1!.value < f1!.high!).toBe(true);
  expect(atOnce(estimates([macroF1], PAIRS))[0]).toEqual(f1);
});

test('macro F1 leaves out labels that are neither expected nor predicted', () => {
  const { macroF1 } = labelMetrics(['a', 'b', 'nowhere']);
  expect(macroF1.score(macroF1.statistics('a', 'a'))).toBe(100);
  expect(macroF1.score(macroF1.statistics('a', 'b'))).toBe(0);
});

test('the interval of macro F1 contains the truth in 90 to 99 of a hundred samples', () => {
  // Two labels, one with four times as many rows, right in 80 % and 60 %.
  const chances = { a: 0.8, b: 0.6 };
  const draw = (at: () => number, count: number): Pair[] =>
    Array.from({ length: count }, () => {
      const wanted = at() < 0.8 ? 'a' : 'b';
      const isRight = at() < chances[wanted];
      return { wanted, output: isRight ? wanted : wanted === 'a' ? 'b' : 'a' };
    });
  const random = (seed: number) => {
    let state = seed;
    return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  };
  const { macroF1 } = labelMetrics(['a', 'b']);
  const truth = macroF1.score(
    [0.64, 0.72, 0.8, 0.12, 0.28, 0.2], // correct, predicted and expected shares of each label
  );
  let held = 0;
  for (let sample = 0; sample < 200; sample++) {
    const [found] = atOnce(estimates([macroF1], draw(random(7919 * sample + 1), 80), sample));
    if (found!.low! <= truth && truth <= found!.high!) held++;
  }
  expect(held).toBeGreaterThanOrEqual(180);
  expect(held).toBeLessThanOrEqual(198);
});

test('labels are few, short and repeated', () => {
  expect(labelsAmong(['b', 'a', ' a', 'b'])).toEqual(['a', 'b']);
  expect(labelsAmong(['a', 'a', 'a', 'a'])).toBeUndefined();
  expect(labelsAmong(['a', 'b', 'c'])).toBeUndefined();
  const long = 'é'.repeat(40);
  expect(labelsAmong([long, long, 'a', 'a'])).toHaveLength(2);
  expect(labelsAmong([`${long}x`, `${long}x`, 'a', 'a'])).toBeUndefined();
  const many = (count: number): string[] => Array.from({ length: 2 * count }, (_, i) => String(i >> 1));
  expect(labelsAmong(many(50))).toHaveLength(50);
  expect(labelsAmong(many(51))).toBeUndefined();
  expect(differentLabels(['one  two', 'one two'])).toEqual(['one two']);
});
