import { expect, it } from 'vitest';
import { unwatched } from '../base/job';
import { documentOf } from '../../testing/texts';
import { createTokenizer } from './byteLevel';
import { measure, piecesOf, vocabularyPieces } from './statistics';

const bytes = await createTokenizer({ kind: 'bytes', merges: [] });
const [h, i] = bytes.encode('hi') as unknown as [number, number];
const tokenizer = await createTokenizer({ kind: 'bpe', merges: [[h, i]] });

it('cuts a passage into pieces, with null for parts of characters', () => {
  expect(piecesOf(tokenizer, 'hi é hi')).toEqual([
    { id: 256, text: 'hi', bytes: 2, count: 2 },
    expect.objectContaining({ text: ' ', count: 2 }),
    expect.objectContaining({ text: null, bytes: 1, count: 1 }),
    expect.objectContaining({ text: null, bytes: 1, count: 1 }),
    expect.objectContaining({ text: ' ' }),
    { id: 256, text: 'hi', bytes: 2, count: 2 },
  ]);
});

it('finds entries of the vocabulary', () => {
  expect(vocabularyPieces(tokenizer, 'h', 10).map((piece) => piece.text)).toEqual(['h', 'hi']);
  expect(vocabularyPieces(tokenizer, '', 5)).toHaveLength(5);
  expect(vocabularyPieces(tokenizer, '', 1000, Uint32Array.of(...new Array<number>(257).fill(7), 3))).toEqual([
    ...Array.from({ length: 257 }, (_, id) => expect.objectContaining({ id, count: 7 }) as unknown),
    { id: 257, text: '<|endoftext|>', bytes: 0, count: 3, role: 'end' },
  ]);
});

it('measures compression and unused entries', async () => {
  const { tokens, bytesPerToken, unusedEntries, counts } = await measure(
    tokenizer,
    [documentOf('hi hi', ['h', 'i hi']), documentOf('é')],
    unwatched,
  );
  expect(tokens).toBe(5);
  expect(bytesPerToken).toBe(7 / 5);
  expect(unusedEntries).toBe(257 - 4);
  expect(counts[256]).toBe(2);
});
