import { expect, test } from 'vitest';
import { fittedDecision } from './fittedDecision';

const FITTED = { temperature: 2, atLeast: 0.7, step: 40 };

test('the validation set sets the temperature and keeps the threshold, unless the weights contain a temperature', () => {
  const evaluation = { labelled: { temperature: 3 } } as Parameters<typeof fittedDecision>[0];
  expect(fittedDecision(evaluation, 60, FITTED)).toEqual({ temperature: 3, atLeast: 0.7, step: 60 });
  expect(fittedDecision(evaluation, 60)).toEqual({ temperature: 3, atLeast: 0, step: 60 });
  expect(fittedDecision(evaluation, 60, { ...FITTED, inWeights: true })).toBeUndefined();
  expect(fittedDecision({}, 60, FITTED)).toBeUndefined();
});
