import { expect, test } from 'vitest';
import { dataFacts, runRecord } from '../../testing/runRecord';
import { cutPromptWords, trailingSpaceWords, tooLongWords } from './reach';

const record = runRecord({
  model: { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 100 }, vocabulary: 257 },
  data: { facts: dataFacts({ parts: { train: { tokens: 50, bytes: 100 }, validation: { tokens: 10, bytes: 20 } } }) },
});

test('reports a prompt longer than the context, with the approximate share that is read', () => {
  expect(cutPromptWords('x'.repeat(200), record)).toBeUndefined();
  expect(cutPromptWords('x'.repeat(10_000), record)).toBe(
    'Only about the last 200 characters fit: the context is 100 tokens',
  );
  expect(cutPromptWords('ä'.repeat(150), record)).toMatch(/the last (100|1\d\d|50) characters/);
});

test('reports an input that is too long to be read at all', () => {
  expect(tooLongWords('x'.repeat(200), record)).toBeUndefined();
  expect(tooLongWords('x'.repeat(302), record)).toBe('About 150 tokens, but only 100 fit: shorten the text');
});

test('warns of a trailing space if tokens begin with their space', () => {
  const of = (kind: string) => ({ tokenizer: { ...record.tokenizer, kind } }) as typeof record;
  expect(trailingSpaceWords('This morning I ', of('bpe'))).toMatch(/^Ends with a space: remove it/);
  expect(trailingSpaceWords('This morning I', of('bpe'))).toBeUndefined();
  expect(trailingSpaceWords('This morning I ', of('chars'))).toBeUndefined();
  expect(trailingSpaceWords(' ', of('bpe'))).toBeUndefined();
});
