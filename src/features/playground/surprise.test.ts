import { expect, test } from 'vitest';
import { bits, meanBits, tokenView } from './surprise';

const token = (probability: number, text = ' whale') => ({ id: 1, text, bytes: [], probability, alternatives: [] });

test('an even choice costs one bit, a certain one nothing, and an impossible one no infinity', () => {
  expect(bits(0.5)).toBe(1);
  expect(Math.abs(bits(1))).toBe(0);
  expect(Number.isFinite(bits(0))).toBe(true);
});

test('the underline grows with surprisal and is heaviest at a uniform guess', () => {
  const steps = [1, 0.5, 0.1, 0.02, 1 / 2048].map((p) => tokenView(token(p), 2048).step);
  expect(steps).toEqual([0, 0, 2, 3, 4]);
});

test('the mean is per token, and unknown without tokens', () => {
  expect(meanBits([])).toBeUndefined();
  expect(meanBits([token(0.5), token(0.125)])).toBe(2);
});

test('knows the bytes of a partial character', () => {
  expect(tokenView({ ...token(1, ''), bytes: [0xe9, 0x0a] }, 2)).toMatchObject({ text: '', bytes: 'E9 0A' });
});
