import fc from 'fast-check';
import { expect, test } from 'vitest';
import { betweenIn, BETWEEN } from './between';

test('detects a separator of labels by parts that are cells elsewhere', () => {
  expect(betweenIn(['sea|calm', 'sea', ''])).toBe('|');
  expect(betweenIn(['sea; calm', 'deep; sea'])).toBe(';');
  expect(betweenIn(['sea,calm', 'calm', 'deep'])).toBe(',');
  // A single name, however frequent.
  expect(betweenIn(['Books, music', 'Books, music', 'Films'])).toBeUndefined();
  expect(betweenIn(['spam', 'ham', 'spam'])).toBeUndefined();
  expect(betweenIn([])).toBeUndefined();
  expect(betweenIn(['|', ';', ','])).toBeUndefined();
});

test('detects the separator of joined labels only if one of them is a cell elsewhere', () => {
  const name = fc.stringMatching(/^[a-z]{1,8}$/);
  const cells = fc.uniqueArray(name, { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(cells, fc.constantFrom(...BETWEEN), (names, between) => {
      expect(betweenIn([names.join(between), names[0]!])).toBe(between);
      expect(betweenIn(names)).toBeUndefined();
    }),
  );
});
