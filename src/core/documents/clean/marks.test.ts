import fc from 'fast-check';
import { expect, test } from 'vitest';
import { marked } from './marks';

const joined = (pieces: readonly { text: string }[]): string => pieces.map(({ text }) => text).join('');

test('unmarked parts are equal on both sides, and a short passage is shown whole', () => {
  const words = fc.array(fc.constantFrom('whale', ' ', '\n', 'é', '😀', 'sea-', '  '), { maxLength: 40 });
  fc.assert(
    fc.property(words, words, (a, b) => {
      const [before, after] = [a.join(''), b.join('')];
      const marks = marked(before, after);
      expect(marks.isCut).toBe(false);
      expect(joined(marks.before)).toBe(before.slice(marks.from));
      expect(joined(marks.after)).toBe(after.slice(marks.from));
      const kept = (pieces: typeof marks.before) => joined(pieces.filter(({ isChanged }) => !isChanged));
      expect(kept(marks.before)).toBe(kept(marks.after));
      if (before === after) expect([...marks.before, ...marks.after].some(({ isChanged }) => isChanged)).toBe(false);
    }),
  );
});

test("a long passage is shown from shortly before its first change, and its cut end isn't marked", () => {
  const lines = 'A line of the book, as it was.\n'.repeat(1000);
  const marks = marked(`${lines}two  spaces\n${lines}`, `${lines}two spaces\n${lines}`);
  expect(marks.isCut).toBe(true);
  expect(marks.before.filter(({ isChanged }) => isChanged)).toEqual([{ text: '  ', isChanged: true }]);
  expect(marks.after.filter(({ isChanged }) => isChanged)).toEqual([{ text: ' ', isChanged: true }]);
  expect(lines.length - marks.from).toBeLessThan(500);
  expect(lines[marks.from - 1]).toBe('\n');
});
