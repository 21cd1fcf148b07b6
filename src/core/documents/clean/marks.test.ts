import fc from 'fast-check';
import { expect, test } from 'vitest';
import { marked } from './marks';

const joined = (pieces: readonly { text: string }[]): string => pieces.map(({ text }) => text).join('');

test('what is not marked is the same on both sides, and all of a short passage is there', () => {
  const words = fc.array(fc.constantFrom('whale', ' ', '\n', 'é', '😀', 'sea-', '  '), { maxLength: 40 });
  fc.assert(
    fc.property(words, words, (a, b) => {
      const [before, after] = [a.join(''), b.join('')];
      const told = marked(before, after);
      expect(told.isCut).toBe(false);
      expect(joined(told.before)).toBe(before.slice(told.from));
      expect(joined(told.after)).toBe(after.slice(told.from));
      const kept = (pieces: typeof told.before) => joined(pieces.filter(({ isChanged }) => !isChanged));
      expect(kept(told.before)).toBe(kept(told.after));
      if (before === after) expect([...told.before, ...told.after].some(({ isChanged }) => isChanged)).toBe(false);
    }),
  );
});

test('a long one is shown from shortly before its first change, and the end of what is shown is no change', () => {
  const lines = 'A line of the book, as it was.\n'.repeat(1000);
  const told = marked(`${lines}two  spaces\n${lines}`, `${lines}two spaces\n${lines}`);
  expect(told.isCut).toBe(true);
  expect(told.before.filter(({ isChanged }) => isChanged)).toEqual([{ text: '  ', isChanged: true }]);
  expect(told.after.filter(({ isChanged }) => isChanged)).toEqual([{ text: ' ', isChanged: true }]);
  expect(lines.length - told.from).toBeLessThan(500);
  expect(lines[told.from - 1]).toBe('\n');
});
