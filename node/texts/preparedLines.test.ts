/** grow reads the output of prepare unchanged. */
import { expect, test } from 'vitest';
import { memoryStore } from '../../src/core/base/blobStore';
import { unwatched } from '../../src/core/base/job';
import { importDrop } from '../../src/core/documents';
import { stream } from '../../src/testing/texts';
import { type PreparedLines, surveyLines } from './preparedLines';

/** Returns the lines of the file, and checks that its size is that of the survey. */
async function linesIn({ bytes, chunks }: PreparedLines): Promise<readonly Record<string, unknown>[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of chunks(unwatched.signal)) pieces.push(piece);
  const file = Buffer.concat(pieces);
  expect(file.length).toBe(bytes);
  return file
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test("a line never exceeds the reader's limit, with its escapes and its other cells", async () => {
  const store = memoryStore();
  const files = {
    'short.txt': 'Aye',
    'quotes.txt': '"'.repeat(600),
    'long.txt': 'a'.repeat(1001),
    'fits.txt': 'b'.repeat(700),
    'wide.txt': `“${'c'.repeat(400)}`,
  };
  const sources = Object.entries(files).map(([name, text]) => ({
    name,
    size: text.length,
    stream: () => stream([new TextEncoder().encode(text)]),
  }));
  const { text } = await importDrop(sources, store, { addedAt: 1 }, unwatched);
  const survey = await surveyLines(store, text!, () => 'en', unwatched, 1000);
  const { long } = survey;
  const lines = await linesIn(survey);
  expect(lines.map((line) => line['name'])).toEqual(['short.txt', 'fits.txt']);
  expect(long).toEqual([
    { name: 'quotes.txt', characters: 600 },
    { name: 'long.txt', characters: 1001 },
    { name: 'wide.txt', characters: 401 },
  ]);
  for (const line of lines) expect(JSON.stringify(line).length).toBeLessThanOrEqual(1000);
});

test('a pair is written unchanged, also a field that begins with a byte order mark', async () => {
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
  const lines = await linesIn(await surveyLines(store, text!, () => 'en', unwatched));
  expect(lines.map((line) => [line['input'], line['target']])).toEqual([
    ['Who?', '\ufeffAhab'],
    ['\ufeffWhere?', 'At sea'],
  ]);
});

test('equal documents get different ids, and characters beyond ASCII are counted in bytes', async () => {
  const store = memoryStore();
  const texts = ['Wal — „Fisch“?', 'Wal — „Fisch“?', 'Aye 🐋\\n', 'Wal — „Fisch“?'];
  const bytes = new TextEncoder().encode(`text\n${texts.join('\n')}\n`);
  const table = { format: 'csv', columns: { text: 'text' } } as const;
  const rows = { name: 'rows.csv', size: bytes.length, stream: () => stream([bytes]), table };
  const { text } = await importDrop([rows], store, { addedAt: 1 }, unwatched);
  const survey = await surveyLines(store, text!, () => 'de', unwatched);
  const lines = await linesIn(survey);
  expect(lines.map((line) => line['text'])).toEqual(texts);
  const [id, , other] = lines.map((line) => line['id']) as string[];
  expect(lines.map((line) => line['id'])).toEqual([id, `${id}-2`, other, `${id}-3`]);
  expect(survey).toMatchObject({ documents: 4, columns: { text: 'text' } });
  expect([...survey.languages]).toEqual([['de', 4]]);
});
