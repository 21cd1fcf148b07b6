import { expect, test } from 'vitest';
import { isForTuning, isRight, readCurves, readLabels, verdictOn } from './verdicts';

const labels = new Map(readLabels().map((label) => [label.id, label]));
const judged = readCurves().map((curve) => ({ curve, kind: verdictOn(curve), label: labels.get(curve.id)! }));

test('at most 2 verdicts on 30 held-out labeled curves differ from the labels', () => {
  const counted = judged.filter(({ curve }) => !isForTuning(curve));
  expect(counted).toHaveLength(30);
  const wrong = counted.filter(({ kind, label }) => !isRight(kind, label));
  expect(wrong.map(({ curve }) => curve.id).length).toBeLessThanOrEqual(2);
});

test('overfitting and diverging are never a false alarm in 60 curves', () => {
  const alarms = judged.filter(({ kind }) => kind === 'overfitting' || kind === 'diverging');
  expect(alarms.length).toBeGreaterThan(0);
  expect(alarms.filter(({ kind, label }) => !isRight(kind, label))).toEqual([]);
});
