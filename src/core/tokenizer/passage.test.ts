import { expect, test } from 'vitest';
import { unigram, wordPiece } from '../../testing/appliedTokenizers';
import { createTokenizer } from './byteLevel';
import { passageIds, readPassage, wordIn } from './passage';
import type { Tokenizer } from './tokenizer';

const applied = (kind: 'wordpiece' | 'unigram', json: object, rows: number) =>
  createTokenizer({ kind, merges: [], applied: { json: JSON.stringify(json), rows } });

const filled = (tokenizer: Tokenizer, text: string, ids: readonly number[]): string => {
  const passage = readPassage(tokenizer, text);
  return passage.pieces
    .map((piece, i) => piece + (ids[i] === undefined ? '' : wordIn(tokenizer, passage, i, ids[i])))
    .join('');
};

test('a byte tokenizer puts a blank where it is written, between spaces', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [], roles: ['end', 'mask'] });
  const [mask] = [tokenizer.idOf('mask')];
  const passage = readPassage(tokenizer, 'a [MASK] c');
  const { ids, places } = passageIds(tokenizer, passage);
  expect(ids).toEqual([...tokenizer.encode('a '), mask, ...tokenizer.encode(' c')]);
  expect(places).toEqual([2]);
  expect(filled(tokenizer, 'a [MASK] c', [...tokenizer.encode('b')])).toBe('a b c');
  // Half of a character.
  expect(filled(tokenizer, '___', [tokenizer.encode('é')[0]!])).toBe('\ufffd');
});
test('the mask token’s spelling and three or more underscores are blanks; other special tokens are text', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [], roles: ['end', 'mask'] });
  const text = '<mask>[MASK] ____<|endoftext|>';
  const passage = readPassage(tokenizer, text);
  expect(passage).toEqual({ pieces: ['', '', '', '<|endoftext|>'], spaces: ['', '', ' '] });
  const { ids, places } = passageIds(tokenizer, passage);
  expect(places).toEqual([0, 1, 3]);
  expect(ids).not.toContain(tokenizer.endOfText);
  expect(() => readPassage(tokenizer, 'no __ here')).toThrow('The passage has no blank to fill.');
});
test('a tokenizer without a mask token throws a message', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  expect(() => passageIds(tokenizer, readPassage(tokenizer, '[MASK]'))).toThrow('This tokenizer has no mask token');
});
test('byte-level BPE masks the space before a blank with the word', async () => {
  const bytes = await createTokenizer({ kind: 'bytes', merges: [] });
  const id = (text: string): number => bytes.encode(text)[0]!;
  const merges = [[id(' '), id('s')], [id('a'), id('t')]] as const; // prettier-ignore
  const tokenizer = await createTokenizer({ kind: 'bpe', merges, roles: ['end', 'mask'] });
  const { ids, places } = passageIds(tokenizer, readPassage(tokenizer, 'it [MASK] sat'));
  expect(ids).toEqual([...tokenizer.encode('it'), tokenizer.idOf('mask'), ...tokenizer.encode(' sat')]);
  expect(places).toEqual([2]);
  expect(filled(tokenizer, 'it [MASK]. [MASK]', [256, 257])).toBe('it s.at');
  expect(filled(tokenizer, '[MASK] it', [256])).toBe('s it');
});
test('BERT adds its special tokens around a passage, and joins word pieces to the text before', async () => {
  const tokenizer = await applied('wordpiece', wordPiece, 21);
  const { ids, places } = passageIds(tokenizer, readPassage(tokenizer, 'Want [MASK], run'));
  expect(ids).toEqual([2, 8, 4, 11, 9, 3]);
  expect(places).toEqual([2]);
  expect(filled(tokenizer, 'Want [MASK], run', [9])).toBe('Want run, run');
  expect(filled(tokenizer, 'Want [MASK], run', [7])).toBe('Wanted, run');
  expect(filled(tokenizer, '([MASK])', [9])).toBe('(run)');
  const whole = await applied('unigram', unigram, 19);
  expect(() => passageIds(whole, readPassage(whole, '___'))).toThrow('no mask token');
});
