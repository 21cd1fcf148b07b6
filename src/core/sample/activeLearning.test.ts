import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mostHelpful, unsureness } from './activeLearning';

test('picks the least certain text first, and postpones a text similar to a picked one', () => {
  const text = (p: number, ...ids: number[]) => ({ probabilities: [p, 1 - p], ids });
  const texts = [text(0.99, 1, 2), text(0.55, 3, 4), text(0.56, 3, 4), text(0.7, 5, 6)];
  expect(mostHelpful(texts, false, 4)).toEqual([1, 3, 0, 2]);
  expect(mostHelpful(texts, false, 2)).toEqual([1, 3]);
  expect(mostHelpful([], false, 20)).toEqual([]);
});

test('uncertainty is the entropy with one label, and that of the least certain label with several', () => {
  expect(unsureness([0.25, 0.25, 0.25, 0.25], false)).toBeCloseTo(1, 12);
  expect(unsureness([1, 0, 0], false)).toBe(0);
  expect(unsureness([0.99, 0.5, 0.01], true)).toBeCloseTo(1, 12);
  expect(unsureness([1, 0], true)).toBe(0);
});

test('picks each text once, and as many as requested', () => {
  const text = fc.record({
    probabilities: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 }),
    ids: fc.array(fc.nat(9), { maxLength: 9 }),
  });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), fc.nat(15), (texts, count) => {
      const taken = mostHelpful(texts, false, count);
      expect(taken).toHaveLength(Math.min(count, texts.length));
      expect(new Set(taken).size).toBe(taken.length);
      expect(taken.every((place) => place >= 0 && place < texts.length)).toBe(true);
    }),
  );
});
