import { expect, test } from 'vitest';
import { paragraph, toFailure } from './errors';

test('joins sentences and adds missing full stops', () => {
  expect(paragraph('At least 10', 'Nothing was stored.')).toBe('At least 10. Nothing was stored.');
  expect(paragraph('Is it open? ', ' Close it')).toBe('Is it open? Close it.');
  expect(paragraph('The loss is NaN.', undefined)).toBe('The loss is NaN.');
  expect(paragraph('', 'Try again')).toBe('Try again.');
});

test.each([
  ['Failed to fetch dynamically imported module: http://localhost/workers/evaluating.js', 'load-failed'],
  ['error loading dynamically imported module: http://localhost/workers/evaluating.js', 'load-failed'],
  ['Importing a module script failed.', 'load-failed'],
  ['x is not a function', 'bug'],
])('%s: %s', (message, code) => {
  expect(toFailure(new TypeError(message))).toMatchObject({ code, message });
});
