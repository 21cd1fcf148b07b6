/** What prepare writes is what grow reads. */
import { expect, test } from 'vitest';
import { memoryStore } from '../src/core/base/blobStore';
import { unwatched } from '../src/core/base/job';
import { importDrop } from '../src/core/documents';
import { stream } from '../src/core/testing/texts';
import { linesOf } from './preparedLines';

test('a line is never longer than one is read, with its escapes and its other cells', async () => {
  const store = memoryStore();
  const files = {
    'short.txt': 'Aye',
    'quotes.txt': '"'.repeat(600),
    'long.txt': 'a'.repeat(1001),
    'fits.txt': 'b'.repeat(700),
  };
  const sources = Object.entries(files).map(([name, text]) => ({
    name,
    size: text.length,
    stream: () => stream([new TextEncoder().encode(text)]),
  }));
  const { text } = await importDrop(sources, store, { addedAt: 1 }, unwatched);
  const { lines, long } = await linesOf(store, text!, () => 'en', unwatched, 1000);
  expect(lines.map(({ name }) => name)).toEqual(['short.txt', 'fits.txt']);
  expect(long).toEqual([
    { name: 'quotes.txt', characters: 600 },
    { name: 'long.txt', characters: 1001 },
  ]);
  for (const line of lines) expect(JSON.stringify(line).length).toBeLessThanOrEqual(1000);
});

test('a pair is written as it was read, also a field that begins as a file with a mark does', async () => {
  const store = memoryStore();
  const bytes = new TextEncoder().encode('question,answer\nWho?,\ufeffAhab\n\ufeffWhere?,At sea\n');
  const columns = { input: 'question', target: 'answer' };
  const pairs = {
    name: 'pairs.csv',
    size: bytes.length,
    stream: () => stream([bytes]),
    table: { format: 'csv', columns } as const,
  };
  const { text } = await importDrop([pairs], store, { addedAt: 1 }, unwatched);
  const { lines } = await linesOf(store, text!, () => 'en', unwatched);
  expect(lines.map(({ input, target }) => [input, target])).toEqual([
    ['Who?', '\ufeffAhab'],
    ['\ufeffWhere?', 'At sea'],
  ]);
});
