import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WordCache } from './wordCache';
import { propertyRuns } from '../../testing/propertyRuns';

/** Words that share prefixes, suffixes and lengths, so that a partial comparison finds the wrong one. */
const word = fc.oneof(fc.string({ maxLength: 3 }), fc.string({ unit: fc.constantFrom('a', 'b', '—'), maxLength: 66 }));

it('returns the stored ids of each word, anywhere in a text', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word, word), { maxLength: 1500 }), (texts) => {
      const cache = new WordCache();
      const kept = new Map<string, Uint32Array>();
      for (const [i, [before, own, after]] of texts.entries()) {
        const text = before + own + after;
        const [start, end] = [before.length, before.length + own.length];
        expect(cache.get(text, start, end)).toBe(kept.get(own));
        if (kept.has(own)) continue;
        const ids = cache.keep(Uint32Array.of(i), text, start, end);
        if (own.length <= 64) kept.set(own, ids);
      }
      for (const [own, ids] of kept) expect(cache.get(own)).toBe(ids);
    }),
    { numRuns: propertyRuns(100) },
  );
});

it('resets when full, and is correct before and after', () => {
  const cache = new WordCache();
  const wrong: number[] = [];
  const check = (n: number, id?: number): void => {
    if (cache.get(`word ${n}`)?.[0] !== id) wrong.push(n);
  };
  for (let n = 0; n < 150_000; n++) {
    check(n);
    cache.keep(Uint32Array.of(n), `word ${n}`);
  }
  check(99_999);
  for (let n = 100_000; n < 150_000; n++) check(n, n);
  expect(wrong).toEqual([]);
});
