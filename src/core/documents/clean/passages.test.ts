import fc from 'fast-check';
import { expect, test } from 'vitest';
import { passagesOf } from './passages';

async function all(chunks: readonly string[], longest: number): Promise<string[]> {
  const passages: string[] = [];
  for await (const passage of passagesOf(chunks, longest)) passages.push(passage);
  return passages;
}

test('a passage ends at a blank line if possible, else at a line end, a space or a character', async () => {
  expect(await all(['one two\n\nthree four\nfive'], 20)).toEqual(['one two\n\nthree four\n', 'five']);
  expect(await all(['one two three\n\nfour\nfive six'], 20)).toEqual(['one two three\n\n', 'four\nfive six']);
  expect(await all(['one two three four five six'], 20)).toEqual(['one two three four ', 'five six']);
  expect(await all(['a'.repeat(25)], 20)).toEqual(['a'.repeat(20), 'a'.repeat(5)]);
  // A run of white space stays whole.
  expect(await all(['one two three fou\r\nr'], 18)).toEqual(['one two three ', 'fou\r\nr']);
  expect(await all(['one two three\n\n\n\nfour'], 15)).toEqual(['one two ', 'three\n\n\n\nfour']);
  expect(await all([], 20)).toEqual([]);
});

test("passages join to the text, don't depend on chunks, and split no character", async () => {
  const text = fc
    .array(fc.constantFrom('a', ' ', '\n', '\r\n', '\n\n', 'e\u0301', '🐋', '👩🏽‍🚀', 'whale '), { maxLength: 60 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 16, max: 40 }), fc.array(fc.nat(60)), async (whole, longest, cuts) => {
      const passages = await all([whole], longest);
      expect(passages.join('')).toBe(whole);
      const points = Array.from(whole);
      const at = [...new Set([0, ...cuts.filter((cut) => cut < points.length), points.length])].sort((a, b) => a - b);
      const chunks = at.slice(1).map((end, i) => points.slice(at[i], end).join(''));
      expect(await all(chunks, longest)).toEqual(passages);
      for (const [i, passage] of passages.entries()) {
        expect(passage.length).toBeLessThanOrEqual(longest);
        expect(passage.isWellFormed()).toBe(true);
        if (i > 0) expect(passage).not.toMatch(/^\u0301/);
      }
    }),
  );
});
