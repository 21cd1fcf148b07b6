import fc from 'fast-check';
import { expect, test } from 'vitest';
import { litPieces, type SamplePiece } from './litWords';

const made = (text: string): SamplePiece[] => [{ text, is: 'made' }];
const lit = (earlier: string, now: string): string[] =>
  litPieces(made(earlier), made(now)).flatMap(({ text, isLit }) => (isLit ? [text] : []));
const unlit = (pieces: readonly SamplePiece[]): string[] =>
  pieces.flatMap(({ text, is, isLit }) => (isLit || is === 'given' ? [] : (text.match(/\S+/g) ?? [])));

test('highlights new words and no unchanged ones', () => {
  expect(lit(' was taken by a sort of savage', ' was operated by a sort of civilized man')).toEqual([
    'operated',
    'civilized',
    'man',
  ]);
  expect(lit('', 'the sea')).toEqual(['the', 'sea']);
  expect(lit('the sea', 'the sea')).toEqual([]);
});

test('never highlights the prompt, and keeps the expected text of a wrong answer', () => {
  const pieces: SamplePiece[] = [
    { text: 'the ', is: 'given' },
    { text: 'old whale', is: 'wrong', wanted: 'white whale' },
  ];
  expect(litPieces(made('whale'), pieces)).toEqual([
    { text: 'the ', is: 'given' },
    { text: 'old', is: 'wrong', isLit: true },
    { text: ' whale', is: 'wrong', wanted: 'white whale' },
  ]);
});

const word = fc.constantFrom('the', 'sea', 'a', 'whale', 'of', 'Ahab');
const text = fc.array(fc.tuple(word, fc.constantFrom(' ', '\n', '  ')), { maxLength: 20 });
const piece = fc.record({
  text: text.map((words) => words.flat().join('')),
  is: fc.constantFrom('given', 'made', 'right', 'wrong'),
});
const pieces: fc.Arbitrary<SamplePiece[]> = fc.array(piece, { maxLength: 6 });

test('highlighted and common words concatenate to the text, and pieces keep their kind', () => {
  fc.assert(
    fc.property(pieces, pieces, (earlier, now) => {
      const found = litPieces(earlier, now);
      for (const is of ['given', 'made', 'right', 'wrong'] as const) {
        const textOf = (all: readonly SamplePiece[]) => all.map((each) => (each.is === is ? each.text : '')).join('');
        expect(textOf(found)).toBe(textOf(now));
      }
      expect(found.some((each) => each.is === 'given' && each.isLit)).toBe(false);
    }),
  );
});

test('unchanged words are a longest common subsequence of both samples', () => {
  const isWithin = (some: readonly string[], all: readonly string[]): boolean => {
    let at = 0;
    for (const each of all) if (each === some[at]) at++;
    return at === some.length;
  };
  const longest = (a: readonly string[], b: readonly string[]): number => {
    if (a.length === 0 || b.length === 0) return 0;
    const [first, ...rest] = a;
    const at = b.indexOf(first!);
    return Math.max(longest(rest, b), at < 0 ? 0 : 1 + longest(rest, b.slice(at + 1)));
  };
  const short = fc.array(word, { maxLength: 7 });
  fc.assert(
    fc.property(short, short, (earlier, now) => {
      const stayed = unlit(litPieces(made(earlier.join(' ')), made(now.join(' '))));
      expect(isWithin(stayed, earlier)).toBe(true);
      expect(isWithin(stayed, now)).toBe(true);
      expect(stayed).toHaveLength(longest(earlier, now));
    }),
  );
});
