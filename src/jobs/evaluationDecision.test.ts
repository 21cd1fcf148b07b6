import { expect, test } from 'vitest';
import { evaluationDecision } from './evaluationDecision';

const FITTED = { temperature: 2, atLeast: 0.7, step: 40 };

test('the validation set fits the temperature, unless the weights contain one', () => {
  expect(evaluationDecision(FITTED, 'validation', 40)).toEqual({ atLeast: 0.7 });
  expect(evaluationDecision({ temperature: 1, atLeast: 0.7 }, 'validation', 40, true)).toEqual({
    atLeast: 0.7,
    temperature: 1,
  });
});

test.each(['test', 'text'] as const)('a %s set is measured with the temperature in use and fits none', (part) => {
  expect(evaluationDecision(FITTED, part, 40)).toEqual({ atLeast: 0.7, temperature: 2 });
  expect(evaluationDecision(FITTED, part, 60)).toEqual({ atLeast: 0.7, temperature: 1 });
  expect(evaluationDecision({ temperature: 2, atLeast: 0.7 }, part, 40)).toEqual({ atLeast: 0.7, temperature: 2 });
  expect(evaluationDecision(undefined, part, 40)).toEqual({ atLeast: 0, temperature: 1 });
});
