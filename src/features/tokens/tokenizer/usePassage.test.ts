import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { passageAt, clip, MAX_OWN_TEXT } from './usePassage';

it('returns a non-empty, well-formed passage of the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3000 }), fc.nat(50), (text, n) => {
      const passage = passageAt(text, n);
      expect(passage).not.toBe('');
      expect(text).toContain(passage);
      expect(passage.isWellFormed()).toBe(true);
    }),
  );
});

it('begins at the start, and otherwise at the start of a line', () => {
  const text = 'The first line of many.\n'.repeat(200);
  expect(text.startsWith(passageAt(text, 0))).toBe(true);
  for (let n = 0; n < 20; n++) expect(passageAt(text, n)).toMatch(/^The first/);
});

it('clips the user’s text between characters', () => {
  expect(clip('x' + '🐋'.repeat(MAX_OWN_TEXT))).toHaveLength(MAX_OWN_TEXT - 1);
  expect(clip('short')).toBe('short');
});
