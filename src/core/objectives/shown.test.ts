import { expect, test } from 'vitest';
import { piecesOf, shownSchema } from './shown';

test('reads a sample of an older build as generated text', () => {
  expect(shownSchema.parse('The whale')).toBe('The whale');
  expect(piecesOf('The whale', 'The')).toEqual([
    { text: 'The', is: 'given' },
    { text: ' whale', is: 'made' },
  ]);
  expect(piecesOf('A whale', 'The')).toEqual([{ text: 'A whale', is: 'made' }]);
});

test('marks blanks, and answers with a target, as right or wrong', () => {
  const filled = {
    kind: 'filled',
    parts: [{ text: 'The' }, { text: ' sea', wanted: ' whale' }, { text: '.', wanted: '.' }],
  };
  expect(piecesOf(shownSchema.parse(filled), 'The')).toEqual([
    { text: 'The', is: 'given' },
    { text: ' sea', is: 'wrong', wanted: 'whale' },
    { text: '.', is: 'right' },
  ]);
  expect(piecesOf({ kind: 'answered', input: 'cab', wanted: 'abc', given: 'abc' }, '')).toMatchObject([
    { text: 'cab → ', is: 'given' },
    { text: 'abc', is: 'right' },
  ]);
  expect(piecesOf({ kind: 'answered', input: 'cab', given: 'abc' }, '')[1]).toEqual({ text: 'abc', is: 'made' });
  expect(shownSchema.safeParse({ kind: 'sung' }).success).toBe(false);
});
