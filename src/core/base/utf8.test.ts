import fc from 'fast-check';
import { expect, it } from 'vitest';
import { characterEnd, charactersIn, countCharacters, invalidUtf8 } from './utf8';
import { propertyRuns } from '../../testing/propertyRuns';

it('counts characters and finds their ends', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 20 }), (text, end) => {
      expect(countCharacters(text)).toBe(Array.from(text).length);
      expect(text.slice(0, characterEnd(text, end)).isWellFormed()).toBe(true);
    }),
  );
});

it('counts the characters of UTF-8 at any memory offset', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.nat({ max: 3 }), (text, before) => {
      const bytes = new TextEncoder().encode('x'.repeat(before) + text).subarray(before);
      expect(charactersIn(bytes)).toBe(countCharacters(text));
      // Node reads files as Buffers.
      expect(charactersIn(Buffer.from(bytes.buffer).subarray(before))).toBe(countCharacters(text));
    }),
  );
});

it('agrees with the fatal decoder, and locates the first invalid byte', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const nearly = fc.array(
    fc.constantFrom(0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xe1, 0xed, 0xf0, 0xf4, 0xf5),
  );
  fc.assert(
    fc.property(nearly, (values) => {
      const bytes = Uint8Array.from(values);
      const fault = invalidUtf8(bytes);
      if (fault === null) decoder.decode(bytes);
      else {
        decoder.decode(bytes.subarray(0, fault.at));
        expect(() => decoder.decode(bytes)).toThrow();
      }
    }),
    { numRuns: propertyRuns(5000) },
  );
  expect(invalidUtf8(Uint8Array.of(0x61, 0xe2, 0x80))).toEqual({ at: 1, unfinished: true });
  expect(invalidUtf8(Uint8Array.of(0x61, 0xe2, 0x41))).toEqual({ at: 1, unfinished: false });
});
