import { expect, test } from 'vitest';
import { freeName } from './freeName';

test('the first free number comes before the extension', () => {
  expect(freeName('Pasted text', [])).toBe('Pasted text');
  expect(freeName('Pasted text', ['Pasted text', 'Pasted text 3'])).toBe('Pasted text 2');
  expect(freeName('labeled.csv', ['labeled.csv', 'labeled 2.csv'])).toBe('labeled 3.csv');
});
