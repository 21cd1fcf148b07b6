import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countWords, WordEnds } from './wordCounts';

const WORDS = /[\p{L}\p{M}]+(?:[-\u2010](?=\p{L})[\p{L}\p{M}]+)*/gu;
const piece = fc.constantFrom('a', 'Ab', 'Well', 'ΟΣ', 'σ', 'İ', '𝒜', '𐐀', 'e\u0301', '1', ' ', '-', '\u2010', '😀');

test('words are counted as a plain expression finds them, in a part of a text and on from what was counted', () => {
  fc.assert(
    fc.property(fc.array(piece), fc.array(piece), fc.array(piece), (before, within, after) => {
      const part = within.join('');
      const text = `${before.join('')}.${part}.${after.join('')}`;
      const found = Array.from(part.matchAll(WORDS), ([word]) => word.toLowerCase().replaceAll('\u2010', '-'));
      const counts = new Map([...found.filter((_, i) => i % 2 === 0), 'well', 'nowhere'].map((word) => [word, 1]));
      const ends = new WordEnds();
      for (const word of counts.keys()) ends.add(word);
      const wanted = new Map(counts);
      for (const word of found) if (wanted.has(word)) wanted.set(word, wanted.get(word)! + 1);
      const from = text.indexOf('.', before.join('').length) + 1;
      countWords(text, from, from + part.length, counts, ends);
      expect(counts).toEqual(wanted);
    }),
    { numRuns: 2000 },
  );
});
