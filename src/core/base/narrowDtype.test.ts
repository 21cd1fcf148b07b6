import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK_OF_8, blocksOf, rounded, WORDS_OF_8, widenedBlocks } from './narrowDtype';

const block = fc.array(
  fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e4), max: Math.fround(1e4) }),
  {
    minLength: BLOCK_OF_8,
    maxLength: BLOCK_OF_8,
  },
);
const values = fc
  .tuple(fc.array(block, { minLength: 1, maxLength: 3 }), fc.constantFrom(1, 1e-3, 1e-7, 1e-20))
  .map(([blocks, size]) => Float32Array.from(blocks.flat(), (x) => x * size));

test('rounding twice gives the same bits as rounding once', () => {
  fc.assert(
    fc.property(values, fc.constantFrom('f16', 'q8'), (given, rest) => {
      const once = rounded(given, rest);
      expect(rounded(once, rest)).toEqual(once);
    }),
  );
});

test('q8 errs by at most half of the scale, and each block has its own scale', () => {
  fc.assert(
    fc.property(values, (given) => {
      const words = blocksOf(given);
      expect(words.length).toBe((given.length / BLOCK_OF_8) * WORDS_OF_8);
      const back = widenedBlocks(words);
      for (let from = 0; from < given.length; from += BLOCK_OF_8) {
        const own = given.subarray(from, from + BLOCK_OF_8);
        const largest = own.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
        const step = new Float32Array(words.buffer)[(from / BLOCK_OF_8) * WORDS_OF_8]!;
        expect(Math.abs(step * 127 - largest)).toBeLessThanOrEqual(largest * 2 ** -11 + 1e-40);
        own.forEach((x, i) =>
          expect(Math.abs(back[from + i]! - x)).toBeLessThanOrEqual(0.5 * step * (1 + 2 ** -10) * 1.0625 + 1e-40),
        );
      }
    }),
  );
});

test('zeros stay zeros', () => {
  expect(rounded(new Float32Array(64), 'q8')).toEqual(new Float32Array(64));
});
