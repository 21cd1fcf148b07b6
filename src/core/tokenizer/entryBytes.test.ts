import { expect, it } from 'vitest';
import { ID_OF_BYTE } from './alphabet';
import { createTokenizer } from './byteLevel';
import { completedTexts, decodesTo, entryBytes, hex } from './entryBytes';

const id = (character: string) => ID_OF_BYTE[character.charCodeAt(0)]!;
const model = {
  kind: 'bpe' as const,
  merges: [
    [id('a'), id('b')],
    [256, id('c')],
    [257, 256],
  ] as const,
};

it('gives the same bytes of an entry as the tokenizer', async () => {
  const tokenizer = await createTokenizer(model);
  for (const entry of [0, 97, 200, 256, 257, 258, tokenizer.endOfText]) {
    expect(entryBytes(model, entry)).toEqual([...tokenizer.bytes(entry)]);
  }
  expect(hex(entryBytes(model, 258))).toBe('61 62 63 61 62');
});

it('detects whether ids decode to a passage', async () => {
  const tokenizer = await createTokenizer(model);
  const passage = 'abcab é 🐋';
  const ids = [...tokenizer.encode(passage)];
  expect(decodesTo(model, ids, passage)).toBe(true);
  expect(decodesTo(model, ids.slice(1), passage)).toBe(false);
  expect(decodesTo(model, ids, 'abcab e 🐋')).toBe(false);
});

it('assigns whole characters to the tokens that complete them', async () => {
  const tokenizer = await createTokenizer(model);
  const ids = [...tokenizer.encode('ab 東🐋')];
  const texts = completedTexts(model, ids);
  expect(texts).toEqual(['ab', ' ', '', '', '東', '', '', '', '🐋']);
  // An unfinished character gives no text.
  expect(completedTexts(model, ids.slice(0, 4)).join('')).toBe('ab ');
});
