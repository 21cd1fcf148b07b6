import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countWords } from './wordCounts';
import { propertyRuns } from '../../../testing/propertyRuns';

const WORDS = /[\p{L}\p{M}]+(?:[-\u2010](?=\p{L})[\p{L}\p{M}]+)*/gu;
const piece = fc.constantFrom(
  'a',
  'Ab',
  'Well',
  'ΟΣ',
  'σ',
  'İ',
  '𝒜',
  '𐐀',
  'e\u0301',
  '1',
  ' ',
  '-',
  '\u2010',
  '😀',
  'ﬁ',
  '，',
  '中',
);

test('adds the same counts as a plain regular expression', () => {
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      const found = Array.from(text.matchAll(WORDS), ([word]) => word.toLowerCase().replaceAll('\u2010', '-'));
      const counts = new Map([...found.filter((_, i) => i % 2 === 0), 'well', 'nowhere'].map((word) => [word, 1]));
      const wanted = new Map(counts);
      for (const word of found) if (wanted.has(word)) wanted.set(word, wanted.get(word)! + 1);
      countWords(new TextEncoder().encode(text), counts);
      expect(counts).toEqual(wanted);
    }),
    { numRuns: propertyRuns(5000) },
  );
});
