import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { degenerationOf, MAX_SHARE, writtenIn } from './degeneration';

test.each([
  ['', 'empty'],
  [' \n\t ', 'empty'],
  ['\ufffd\ufffd\0\x01a', 'undecodable'],
  ['the the the the the the the the the the the the', 'repeats'],
  ['the of the and the a the the in the the the is', 'repeats'],
  ['I will not go. '.repeat(6), 'repeats'],
  ['鲸鱼在海里。'.repeat(6), 'repeats'],
  ['It began well and then nothing nothing nothing nothing nothing nothing nothing nothing', 'repeats'],
  [`${'a'.repeat(30)} and more`, 'repeats'],
])('%j is degenerate', (text, why) => {
  expect(degenerationOf(text)).toMatchObject({ why });
});

test.each([
  'no no',
  'Row, row, row your boat, gently down the stream. Merrily, merrily, merrily, merrily, life is but a dream.',
  'the captain and the mate and the boy went over the side of the ship into the sea',
  'caf\ufffd in the morning',
  '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15',
])('%j is not degenerate', (text) => {
  expect(degenerationOf(text)).toBeNull();
});

test('the threshold is half of the text', () => {
  const other = 'bcdefghijklmnopqrstuvwxyzBCDEF'; // 30 distinct letters
  expect(degenerationOf('a'.repeat(30) + other)).toBeNull();
  const { why, share } = degenerationOf('a'.repeat(31) + other)!;
  expect(why).toBe('repeats');
  expect(share).toBeCloseTo(31 / 61);
  expect(share).toBeGreaterThan(MAX_SHARE);
});

test('three copies of a passage count as repetition, two do not', () => {
  const passage = 'Call me Ishmael, said he;';
  expect(degenerationOf(passage.repeat(2))).toBeNull();
  expect(degenerationOf(`${passage.repeat(2)} He was 47, with grey hair.`)).toBeNull();
  expect(degenerationOf(passage.repeat(3))).toMatchObject({ why: 'repeats', share: 1 });
});

test('no passage of prose as long as a sample is degenerate', () => {
  const prose = readFileSync(new URL('../../../docs/architecture.md', import.meta.url), 'utf8');
  for (let at = 0; at + 300 < prose.length; at += 97)
    expect(degenerationOf(prose.slice(at, at + 300)), prose.slice(at, at + 300)).toBeNull();
});

test('judges any text quickly, with a share of 0 to 1', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 2000 }),
    fc.string({ maxLength: 100 }).map((s) => s.repeat(50)),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      const { share = 1 } = degenerationOf(text) ?? {};
      expect(share).toBeGreaterThan(MAX_SHARE);
      expect(share).toBeLessThanOrEqual(1);
    }),
  );
  const begun = performance.now();
  degenerationOf('ab'.repeat(500_000));
  expect(performance.now() - begun).toBeLessThan(1000);
});

test('judges only generated text: no prompt, no blanks, no answers', () => {
  expect(writtenIn('The whale swam', 'The ')).toBe('whale swam');
  expect(writtenIn('A whale swam', 'The ')).toBe('A whale swam');
  expect(writtenIn({ kind: 'filled', parts: [] }, '')).toBeUndefined();
  expect(writtenIn([], '')).toBeUndefined();
});
