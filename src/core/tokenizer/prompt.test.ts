import { expect, test } from 'vitest';
import { marksOf, pairRow } from '../objectives/pairRows';
import { BEGIN, beginningTokenizer, END } from '../../testing/beginningTokenizer';
import { createTokenizer } from './byteLevel';
import { promptIds, sourceIds } from './prompt';

test('encodes a prompt as in training on pairs, with the begin token of a byte-level tokenizer', async () => {
  const tokenizer = await beginningTokenizer();
  const [input, nothing] = [tokenizer.encode('hi'), new Uint32Array()];
  const { source } = pairRow({ input, between: nothing, target: input }, 16, 'encoder-decoder', marksOf(tokenizer));
  expect(sourceIds(tokenizer, 'hi')).toEqual([BEGIN, 104, 105, END]);
  expect(sourceIds(tokenizer, 'hi')).toEqual(source);
  expect([...promptIds(tokenizer, 'hi')]).toEqual([BEGIN, 104, 105]);
});

test('a source has no begin token if the tokenizer adds none', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  expect(sourceIds(tokenizer, '')).toEqual([tokenizer.endOfText]);
  expect(sourceIds(tokenizer, 'hi')).toEqual([...tokenizer.encode('hi'), tokenizer.endOfText]);
});

test('an empty prompt is the end-of-text token', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  expect([...promptIds(tokenizer, '')]).toEqual([tokenizer.endOfText]);
  expect([...promptIds(tokenizer, 'hi')]).toEqual([...tokenizer.encode('hi')]);
});
