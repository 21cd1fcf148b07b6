/** Tables as documents with an input and a target. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { csvOf } from '../base/csv';
import { unwatched } from '../base/job';
import { dropped, readDrop } from '../../testing/drops';
import { allOf } from './badRows';
import { awkwardText, collect, stream } from '../../testing/texts';
import { importDrop, importText, listDocuments, lookAtTable, openText, previewDocument, usualColumns } from '.';
import type { TableFormatId, TableChoice, TextSource } from '.';
import { FORMATS, tableFormatOf } from './formats';
import { MAX_ROW_LENGTH } from './formats/format';
import { guessedColumns, labelsIn, recognisedColumns } from './columns';
import { BLOCK } from './record';
import { propertyRuns } from '../../testing/propertyRuns';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Splits bytes into pieces of `size` bytes. */
const inPieces = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
const table = (name: string, text: string, columns: TableChoice['columns'] = null, piece = 7): TextSource => ({
  name,
  size: utf8(text).length,
  stream: () => stream(inPieces(utf8(text), piece)),
  table: { format: tableFormatOf(name), columns },
});
const rowsOf = async (
  format: TableFormatId,
  text: string,
  piece = 5000,
): Promise<[number, Record<string, string>][]> => {
  const file = { name: `a.${format}`, bytes: stream(inPieces(utf8(text), piece)), note: () => undefined };
  const rows = await collect(allOf(file.name, FORMATS[format].rows(file)));
  return rows.map(({ line, cells }) => [line, Object.fromEntries(cells)]);
};
const add = (source: TextSource, store = memoryStore()) => importText(source, store, { addedAt: 1 }, unwatched);
async function pairsIn(source: TextSource): Promise<string[][]> {
  const store = memoryStore();
  const outcome = await add(source, store);
  if (outcome.kind !== 'added') throw new Error(outcome.kind);
  return Promise.all(
    (await openText(store, outcome.text.id)).map(async ({ chunks, spans }) => {
      const bytes = utf8((await collect(chunks())).join(''));
      const of = ([from, to]: readonly [number, number]): string =>
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(from, to));
      return [of(spans!['input']!), of(spans!['target']!)];
    }),
  );
}

test('reads back written CSV with any cells, wherever pieces end', async () => {
  // Without NULs, because some make a file binary.
  const text = awkwardText.map((each) => each.replaceAll('\0', ''));
  const cell = fc.oneof(text, fc.constantFrom('"', '\r', 'a\r', '"\r', ',', '""', '\r\n', ' "a" ', 'x'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.boolean(),
      async (rows, piece, isUnix) => {
        // Enough rows before them that pieces end within rows; quoted, because a CR alone ends no row.
        const before = Array.from({ length: 60 }, (_, i) => ['a'.repeat(70), `${i}`, '"']);
        const all = [['one', 'two', 'three'], ...before, ...rows];
        const written = isUnix
          ? all.map((row) => `${row.map((each) => `"${each.replaceAll('"', '""')}"`).join(',')}\n`).join('')
          : csvOf(all);
        const read = await rowsOf('csv', `\ufeff${written}`, piece);
        expect(read.map(([, cells]) => Object.values(cells))).toEqual(all.slice(1));
      },
    ),
    { numRuns: propertyRuns(150) },
  );
});

test('reads back written JSON Lines, with columns for nested values', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ a: awkwardText, b: awkwardText }), { minLength: 1, maxLength: 6 }),
      fc.nat({ max: 5000 }),
      async (rows, piece) => {
        const text = rows.map((row) => JSON.stringify(row)).join('\n\n');
        expect((await rowsOf('jsonl', text, piece + 1)).map(([, cells]) => cells)).toEqual(rows);
      },
    ),
    { numRuns: propertyRuns(50) },
  );
  expect(await rowsOf('jsonl', '\n{"a":1,"b":true,"c":null,"d":[1],"f":{"g":2},"e":"x"}\r\n')).toEqual([
    [2, { a: '1', b: 'true', e: 'x', 'd.0': '1', 'f.g': '2' }],
  ]);
});

test('lines, delimiters and line ends are distinguished', async () => {
  const rows = [
    [2, { a: '1', b: 'x, y' }],
    [4, { a: '2', b: 'z' }],
  ];
  expect(await rowsOf('csv', 'a;b\n1;x, y\n\n2;z')).toEqual(rows);
  expect(await rowsOf('csv', 'a;b\r\n1;x, y\r\n \r\n2;z\r\n')).toEqual(rows);
  expect(await rowsOf('csv', 'a|b\r1|x, y\r\r2|z\r')).toEqual(rows);
  expect(await rowsOf('csv', 'a,b\n"1\n\n2",3\n4,5\n')).toEqual([
    [2, { a: '1\n\n2', b: '3' }],
    [5, { a: '4', b: '5' }],
  ]);
  // Quotes aren't special in TSV.
  expect(await rowsOf('tsv', 'a\tb\n"Go," he said.\t"Va!"\n')).toEqual([[2, { a: '"Go," he said.', b: '"Va!"' }]]);
  expect(await rowsOf('csv', 'a,,a\n1,2,3\n')).toEqual([[2, { a: '1', 'Column 2': '2', 'a (3)': '3' }]]);
});

describe('is refused with its line and a remedy', () => {
  const many = 'x,y\n'.repeat(2000);
  const cases: [string, string, string, RegExp][] = [
    [
      'a quote that is not closed',
      'a.csv',
      `a,b\n${many}1,"2\n3,4\n`,
      /^a.csv opens a quote in line 2,002 that is never closed/,
    ],
    [
      'a quote that is not doubled',
      'a.csv',
      `a,b\n${many}1,"2"3"\n4,5\n`,
      /^a.csv has an unescaped quote inside .* line 2,002\.$/,
    ],
    [
      'a short row',
      'a.csv',
      `a,b\n${many}1\n`,
      /^a.csv has 1 malformed row: line 2,002 has 1 cell, but the header has 2 columns\.$/,
    ],
    ['a long row', 'a.tsv', 'a\tb\n1\t2\t3\n', /^a.tsv has no readable rows: line 2 has 3 cells, but the header has 2/],
    ['one column', 'a.csv', 'a\n1\n', /^a.csv has one column, "a"\.$/],
    ['a header alone', 'a.csv', 'a,b\n', /^a.csv has no rows\.$/],
    ['nothing', 'a.csv', '', /^a.csv has no rows\.$/],
    [
      'no object',
      'a.jsonl',
      '{"a":"1","b":"2"}\n[1]\n',
      /^a.jsonl has 1 malformed row: line 2 isn't a JSON object: "\[1\]"\.$/,
    ],
    ['a torn object', 'a.jsonl', '{"a":"1","b":\n', /^a.jsonl has no readable rows: line 1 isn't a JSON object/],
    ['half a character', 'a.jsonl', '{"a":"\\ud800","b":"2"}', /line 1 has half of a surrogate pair/],
    ['rows without text', 'a.csv', 'a,b\n,1\n2, \n', /^a.csv has no row with text in both a and b \(2 rows\)\.$/],
    [
      'a row that never ends',
      'a.csv',
      `a,b\n${'x'.repeat(MAX_ROW_LENGTH + 5)}`,
      /^a.csv has no readable rows: line 2 has 1 cell/,
    ],
  ];
  it.each(cases)('%s', async (_, name, text, message) => {
    const store = memoryStore();
    const refused = add(table(name, text, null, 2 ** 16), store);
    await expect(refused).rejects.toMatchObject({
      code: expect.stringMatching(/^bad-(file|rows)$/) as string,
      message: expect.stringMatching(message) as string,
    });
    expect(await store.keys('')).toEqual([]);
  });

  it('a missing column', async () => {
    const message = 'a.csv has no column called "c". It has a, b.';
    await expect(add(table('a.csv', 'a,b\n1,2\n', { input: 'a', target: 'c' }))).rejects.toThrow(message);
  });
});

describe('JSON', () => {
  const jsonRows = async (value: unknown): Promise<readonly object[]> =>
    (await rowsOf('json', JSON.stringify(value))).map(([, cells]) => cells);
  const [a, b] = [{ text: 'Call me Ishmael.' }, { text: 'Some years ago' }];

  it('gives the items of all its lists', async () => {
    expect(await jsonRows({ train: [a], test: [b, 'never mind'] })).toEqual([a, b, { text: 'never mind' }]);
    expect(await jsonRows({ version: '1', data: { rows: [a], more: { rows: [b] } } })).toEqual([a, b]);
    expect(await jsonRows({ name: 'sea', texts: ['Call me Ishmael.'] })).toEqual([a]);
  });

  it('gives the objects in an object, or one row if it has text of its own', async () => {
    expect(await jsonRows({ x: a, y: b })).toEqual([
      { key: 'x', ...a },
      { key: 'y', ...b },
    ]);
    const post = { text: 'Call me Ishmael. Some years ago', tags: ['sea', 'whale'], comments: [{ said: 'Aye' }] };
    expect(await jsonRows(post)).toEqual([
      { text: post.text, 'tags.0': 'sea', 'tags.1': 'whale', 'comments.0.said': 'Aye' },
    ]);
  });

  it('notes content outside rows, and counts items without text', async () => {
    const notes: string[] = [];
    const text = JSON.stringify({ about: 'Loomings', rows: [a, null, 5, {}, b] });
    const file = { name: 'a.json', bytes: stream([utf8(text)]), note: (words: string) => void notes.push(words) };
    expect((await collect(allOf(file.name, FORMATS.json.rows(file)))).map(({ cells }) => cells.size)).toEqual([
      1, 0, 0, 0, 1,
    ]);
    expect(notes).toEqual(['Uses only its lists; skipped about']);
    const { text: added, empty } = await importDrop(
      [table('a.json', text, 'recognised')],
      memoryStore(),
      { addedAt: 1 },
      unwatched,
    );
    expect([added!.documents, empty]).toEqual([2, 3]);
  });

  it('notes the share of text in detected columns if others hold more', async () => {
    const rows = [{ text: 'Aye', chapters: [{ words: STORY }, { words: STORY }] }];
    const { text } = await importDrop(
      [table('a.json', JSON.stringify(rows), 'recognised')],
      memoryStore(),
      { addedAt: 1 },
      unwatched,
    );
    expect(text!.notes).toEqual(['Uses 3.7 % of its text, from text; not used: chapters.0.words, chapters.1.words']);
  });
});
const STORY = 'Some years ago, never mind how long ago';

test('uses chosen columns, else those named input and target, else the first two', async () => {
  const text = 'task,target,Input\nsort,ab,ba\n';
  expect(await pairsIn(table('a.csv', text))).toEqual([['ba', 'ab']]);
  expect(await pairsIn(table('a.csv', text, { input: 'task', target: 'Input' }))).toEqual([['sort', 'ba']]);
  expect(usualColumns(['en', 'de', 'fr'])).toEqual({ input: 'en', target: 'de' });
  const head = await lookAtTable(table('a.csv', text), 'csv');
  expect(head).toEqual({ columns: ['task', 'target', 'Input'], rows: [['sort', 'ab', 'ba']] });
});

test('imports a table as documents over several blocks, with its columns and notes', async () => {
  const store = memoryStore();
  const rows = Array.from({ length: BLOCK + 10 }, (_, i) => [`in ${i}`, i === 5 ? '' : `out é ${i % 7}`]);
  const source = table('a.csv', csvOf([['x', 'y'], ...rows]), null, 3000);
  const outcome = await add(source, store);
  const { text } = outcome as Extract<typeof outcome, { kind: 'added' }>;
  expect(text).toMatchObject({
    documents: BLOCK + 9,
    formats: ['csv'],
    notes: ['Skipped 1 row without text in both columns'],
  });
  expect(text.size).toBe(source.size);
  const { rows: listed } = await listDocuments(store, text.id, { from: BLOCK, count: 1 });
  expect(listed[0]!.title).toBe('Row 4,099');
  const preview = await previewDocument(store, text.id, BLOCK, 100);
  expect(preview).toMatchObject({ start: `in ${BLOCK + 1}\nout é ${(BLOCK + 1) % 7}`, notes: text.notes });
  // The same table is a duplicate, but not with other columns.
  expect(await add(source, store)).toEqual({ kind: 'duplicate', of: text, equals: text.name });
  const other = await add({ ...source, table: { format: 'csv', columns: { input: 'y', target: 'x' } } }, store);
  expect(other.kind).toBe('added');
});

test('in a drop with tables, only whole files have no fields', async () => {
  const store = memoryStore();
  const plain: TextSource = { name: 'b.txt', size: 3, stream: () => stream([utf8('b c')]) };
  const { text } = await importDrop(
    [plain, table('a.csv', 'a,b\n1,2\n'), { ...plain, name: 'c.csv', stream: () => stream([utf8('d,e\n')]) }],
    store,
    { addedAt: 1 },
    unwatched,
  );
  const documents = await openText(store, text!.id);
  expect(documents.map(({ title, spans }) => [title, spans?.['target']])).toEqual([
    ['b.txt', undefined],
    ['Row 2', [2, 3]],
    ['c.csv', undefined],
  ]);
});

test('numbers rows as a spreadsheet does, counting the header, empty rows and quoted line ends', async () => {
  const csv = 'text,label\none,a\n\n"two\nlines",b\nthree,a\n';
  const { documents } = await readDrop({
    ...dropped('a.csv', csv),
    table: { format: 'csv', columns: { text: 'text', label: 'label' } },
  });
  expect(documents.map(({ title }) => title)).toEqual(['Row 2', 'Row 4', 'Row 5']);
  const jsonl = await readDrop({
    ...dropped('a.jsonl', '{"text":"one"}\n'),
    table: { format: 'jsonl', columns: { text: 'text' } },
  });
  expect(jsonl.documents.map(({ title }) => title)).toEqual(['Row 1']);
});

test('reads a large table in bounded memory', { timeout: 60_000 }, async () => {
  const line = `${'word '.repeat(40)},"${'other '.repeat(40)}"\r\n`;
  const block = utf8(line.repeat(150));
  const size = 48 * 2 ** 20;
  const file = {
    name: 'a.csv',
    bytes: (async function* () {
      yield utf8('a,b\r\n');
      for (let done = 0; done < size; done += block.length) yield await Promise.resolve(block.slice());
    })(),
    note: () => undefined,
  };
  const start = process.memoryUsage.rss();
  let [peak, rows] = [0, 0];
  for await (const { cells } of allOf(file.name, FORMATS.csv.rows(file))) {
    if (rows++ % 1000 === 0) peak = Math.max(peak, process.memoryUsage.rss());
    if (cells.get('b')!.length !== 240) throw new Error(cells.get('b'));
  }
  expect(rows).toBe(Math.ceil(size / block.length) * 150);
  expect((peak - start) / 2 ** 20).toBeLessThan(200);
});

test('detects columns in a table with 200,000 columns', () => {
  const columns = Array.from({ length: 200_000 }, (_, i) => `c${i}`);
  expect(recognisedColumns({ columns, rows: [columns.map((_, i) => (i === 7 ? 'longest' : 'x'))] })).toEqual({
    text: 'c7',
  });
});

test('guesses a column of few distinct values as the label', () => {
  const rows = Array.from({ length: 20 }, (_, i) => [`A letter of some length, number ${i}`, i % 3 ? 'ham' : 'spam']);
  const labeled = { columns: ['mail', 'kind'], rows };
  expect(guessedColumns(labeled)).toEqual({ text: 'mail', label: 'kind' });
  expect(labelsIn(labeled, 'kind')).toEqual(['spam', 'ham']);
  // A matching name takes precedence; distinct, constant and long values aren't labels.
  expect(guessedColumns({ columns: ['mail', 'kind', 'label'], rows: rows.map((row) => [...row, 'x']) })).toEqual({
    text: 'mail',
    label: 'label',
  });
  for (const value of [(i: number) => `id ${i}`, () => 'inbox', (i: number) => `${i % 2}`.repeat(41)])
    expect(guessedColumns({ columns: ['mail', 'kind'], rows: rows.map(([mail], i) => [`${mail} `.repeat(9), value(i)]) })).toEqual({ text: 'mail' }); // prettier-ignore
  const columns = Array.from({ length: 200_000 }, (_, i) => `c${i}`);
  expect(guessedColumns({ columns, rows: [columns.map(() => 'x')] })).not.toHaveProperty('label');
});

test('reads columns named like properties of objects, such as __proto__', async () => {
  const rows = '{"text":"Aye.","__proto__":"a","constructor":"b"}\n{"__proto__":{"text":"No."},"text":"So."}\n';
  const table = { format: 'jsonl', columns: { text: 'text', title: '__proto__', label: 'constructor' } } as const;
  const { documents, reasons } = await readDrop({ ...dropped('a.jsonl', rows), table });
  expect(reasons).toEqual([]);
  expect(documents.map(({ title, text }) => [title, text])).toEqual([
    ['a', 'Aye.'],
    ['Row 2', 'So.'],
  ]);
  expect(documents[0]!.fields).toMatchObject({ label: 'b' });
  expect({}).not.toHaveProperty('text');
});
