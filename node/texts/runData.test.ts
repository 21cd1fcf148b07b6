/** Texts as training data of a run. */
import { expect, test } from 'vitest';
import { unwatched } from '../../src/core/base/job';
import { pastedText } from '../../src/core/documents';
import { prepareRunData, trainedTokenizer } from './runData';

test('each document has a source: a row of a table belongs to its file, without its row number', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `"Who is number ${i}?","It is whale ${i}, and it is white."`);
  const columns = { input: 'question', target: 'answer' };
  const files = [
    {
      path: 'in/pairs.csv',
      source: {
        ...pastedText('pairs.csv', ['question,answer', ...rows].join('\n')),
        name: 'pairs.csv',
        table: { format: 'csv', columns } as const,
      },
    },
    { path: 'in/sea.txt', source: { ...pastedText('sea.txt', 'The sea is wide. '.repeat(100)), name: 'sea.txt' } },
  ];
  const settings = { kind: 'bytes', vocabulary: 257 } as const;
  const split = { validation: 0.2, test: 0, seed: 0 };
  const { sources } = await prepareRunData(
    files,
    { tokenizer: trainedTokenizer(() => settings), split },
    () => undefined,
    unwatched,
  );
  expect(sources).toEqual([...Array<string>(20).fill('pairs.csv'), 'sea.txt']);
});

test.each([
  ['h', 0, 'The text is too short for a validation set of 10'],
  ['hello there', 0.1, 'The text is too short for a test set of 10'],
])('grow refuses %j: a set would have fewer than two tokens', async (text, testShare, message) => {
  const files = [{ path: 'short.txt', source: { ...pastedText('short.txt', text), name: 'short.txt' } }];
  const tokenizer = trainedTokenizer(() => ({ kind: 'bytes', vocabulary: 257 }) as const);
  const split = { validation: testShare > 0 ? 0.4 : 0.1, test: testShare, seed: 0 };
  await expect(prepareRunData(files, { tokenizer, split }, () => undefined, unwatched)).rejects.toThrow(message);
});
