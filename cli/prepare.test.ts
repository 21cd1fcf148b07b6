/** Real files become documents and training data, by the real commands. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encoded } from '../src/testing/encoded';
import { lines, run, TINY } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const ENGLISH = 'The whale came up beside the boat, and nobody said a word, for it was very near. ';
const GERMAN = 'Der Wal kam neben dem Boot herauf, und niemand sagte ein Wort, denn er war sehr nah. ';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prepare-'));
  await mkdir(path('in/deep'), { recursive: true });
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'a.txt': ENGLISH.repeat(20),
    'copy.txt': ENGLISH.repeat(20),
    'deep/page.html': `<html lang="de"><title>Wal</title><nav>Menü</nav><article><p>${GERMAN.repeat(20)}</p></article></html>`,
    'reviews.csv': `id,stars,review\n1,5,${ENGLISH.trim().replaceAll(',', '')}\n2,1,\n3,1,Bad.\n`,
    'talk.srt': `1\n00:00:01,000 --> 00:00:02,000\n${GERMAN}\n`,
    'scan.pdf.txt': '%PDF-1.7\n',
    'empty.txt': '',
    'legacy.txt': new Uint8Array([99, 97, 102, 233, 10]),
    '.DS_Store': '\0\0\0\u0001Bud1',
  };
  for (const [name, content] of Object.entries(files)) await writeFile(path('in', name), content);
});
afterAll(() => rm(folder, { recursive: true }));

test('counts copies: equal files, other white space as exact, one changed word in 200 as near', async () => {
  const words = Array.from({ length: 200 }, (_, i) => `word${String(i)}`);
  const files: Readonly<Record<string, string>> = {
    'a.txt': words.join(' '),
    'equal.txt': words.join(' '),
    'spaced.txt': words.join('\n'),
    'near.txt': words.with(100, 'changed').join(' '),
    'other.txt': ENGLISH.repeat(5),
  };
  await mkdir(path('copies'));
  for (const [name, content] of Object.entries(files)) await writeFile(path('copies', name), content);
  const ended = await run(['prepare', '--from', path('copies'), '--out', path('counted'), '--json']);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  // No rule removes near-duplicates: a, spaced, near and other stay.
  expect(lines(ended.stdout).at(-1)).toMatchObject({ duplicates: { exact: 2, near: 1 }, documents: 4, removed: {} });
});

test('a messy folder becomes documents, unread files are named, and grow trains on them', async () => {
  const map = ['--map', 'reviews.csv:text=review,label=stars'];
  const args = ['prepare', '--from', path('in'), ...map, '--report', path('report'), '--out', path('out'), '--json'];
  const ended = await run(args);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const summary = lines(ended.stdout).at(-1)!;
  expect(Object.keys(summary)).toEqual([
    'documents',
    'read',
    'characters',
    'refused',
    'removed',
    'languages',
    'personal',
    'duplicates',
    'out',
  ]);
  expect(summary).toMatchObject({ documents: 5, read: 6, removed: { empty: 1 }, out: path('out') });
  expect((summary['refused'] as { name: string }[]).map(({ name }) => name).sort()).toEqual([
    'copy.txt',
    'empty.txt',
    'legacy.txt',
    'scan.pdf.txt',
  ]);
  expect(summary['languages']).toMatchObject({ en: 2, de: 2 });
  const written = lines(await readFile(path('report/documents.jsonl'), 'utf8'));
  expect(written.map(({ name, title, label }) => [name, title, label])).toEqual([
    ['a.txt', 'a.txt', undefined],
    ['deep/page.html', 'Wal', undefined],
    ['reviews.csv', 'Row 2', '5'],
    ['reviews.csv', 'Row 4', '1'],
    ['talk.srt', 'talk.srt', undefined],
  ]);
  for (const line of written)
    expect(Object.keys(line)).toEqual(
      expect.arrayContaining(['id', 'name', 'source', 'title', 'language', 'characters', 'text']),
    );
  expect(new Set(written.map(({ id }) => id)).size).toBe(5);
  expect(written.reduce((sum, { text }) => sum + (text as string).length, 0)).toBe(summary['characters']);

  const grown = await run(['grow', '--data', path('out'), ...TINY, '--steps', '2', '--out', path('model'), '--json']);
  expect(grown.stderr).toBe('');
  expect(grown.code).toBe(0);
  expect(lines(grown.stdout).at(-1)).toMatchObject({ step: 2 });
}, 120_000);

test('a page and a letter in Windows-1252 have their curly quotes, as in a browser', async () => {
  const bytes = (text: string) => encoded(text, 'windows-1252');
  await mkdir(path('curly'));
  await writeFile(path('curly/a.html'), bytes('<meta charset="windows-1252"><p>It’s a whale – “the” whale.</p>'));
  await writeFile(
    path('curly/b.eml'),
    bytes('From: Ann <a@example.org>\nContent-Type: text/plain; charset=windows-1252\n\nIt’s a boat – “the” boat.\n'),
  );
  const { stdout } = await run(['prepare', '--from', path('curly'), '--out', path('curled'), '--json']);
  expect(lines(stdout).at(-1)).toMatchObject({ documents: 2 });
  for (const { text } of lines(await readFile(path('curled/documents.jsonl'), 'utf8')))
    expect(text).toMatch(/It’s a (\w+) – “the” \1\./);
});

test('text in an old encoding is refused with the likely encodings, and read in the given one', async () => {
  const asked = async (...more: string[]) =>
    run(['prepare', '--from', path('in/legacy.txt'), '--out', path('old'), '--json', ...more]);
  const refused = await asked();
  expect(refused.code).not.toBe(0);
  expect(refused.stdout).toContain('windows-1252 (“café”)');
  expect(refused.stdout).toContain('--encoding');
  const unknown = await asked('--encoding', 'latin-9');
  expect([unknown.code, unknown.stdout]).toEqual([2, expect.stringContaining('koi8-r')]);
  const read = await asked('--encoding', 'Windows-1252');
  expect(lines(read.stdout).at(-1)).toMatchObject({ documents: 1, refused: [] });
  expect(lines(await readFile(path('old/documents.jsonl'), 'utf8'))).toMatchObject([{ text: 'café\n' }]);
});

test('a file in --map is named by its path, by its path in the input, or by its name', async () => {
  await mkdir(path('maps/deep'), { recursive: true });
  await writeFile(
    path('maps/deep/said.csv'),
    `speech,lang\n${GERMAN.replaceAll(',', '')},English\nAye,German\nOui,-\n`,
  );
  const prepare = (from: string, name: string) =>
    run(['prepare', '--from', from, '--map', `${name}:text=speech,language=lang`, '--out', 'said', '--json'], {
      cwd: folder,
    });
  for (const [from, name] of [
    ['maps', 'said.csv'],
    ['maps', 'deep/said.csv'],
    ['maps', 'maps/deep/said.csv'],
    ['maps/deep/said.csv', './maps/deep/said.csv'],
    ['maps', path('maps/deep/said.csv')],
  ] as const) {
    const ended = await prepare(from, name);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(lines(ended.stdout).at(-1)!['languages']).toMatchObject({ en: 1, de: 1 });
  }
  expect(await prepare('maps', 'other/said.csv')).toMatchObject({ code: 2 });
}, 60_000);

test('a table of pairs without --map is recognized by its column names and trained as pairs', async () => {
  const rows = Array.from({ length: 30 }, (_, i) =>
    JSON.stringify({ question: `What is ${i}?`, answer: `${i}, "so"` }),
  );
  await writeFile(path('pairs.jsonl'), rows.join('\n'));
  const ended = await run(['prepare', '--from', path('pairs.jsonl'), '--out', path('pairs'), '--json']);
  expect(lines(ended.stdout).at(-1)).toMatchObject({ documents: 30, read: 30, refused: [], removed: {} });
  expect(JSON.parse(await readFile(path('pairs/prepared.json'), 'utf8'))).toMatchObject({
    columns: { input: 'input', target: 'target' },
  });
  const args = ['--data', path('pairs'), ...TINY, '--steps', '2', '--out', path('answers')];
  // Two steps of four pairs, of 27.
  const stderr = expect.stringContaining('Epochs: 0.3.') as string;
  expect(await run(['grow', ...args])).toMatchObject({ code: 0, stderr });
  const homegrownJson = await readFile(path('answers/homegrown.json'), 'utf8');
  expect(homegrownJson).toMatch(/"objective":\s*"pairs"/);
}, 120_000);

test('a missing or foreign folder is reported', async () => {
  const wrong = await run(['prepare', '--from', path('in'), '--map', 'none.csv:text=a', '--out', path('o'), '--json']);
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    expect.stringMatching(/names none\.csv, which isn't a file of --from/),
  ]);
  for (const [report, out, said] of [
    ['o', 'o', /--report and --out name the same path/],
    ['o/r', 'o', /--report .*o\/r is inside --out/],
    ['r', 'r/deep/o', /--out .*r\/deep\/o is inside --report/],
  ] as const) {
    const within = ['prepare', '--from', path('in'), '--report', path(report), '--out', path(out)];
    expect(await run(within)).toMatchObject({ code: 2, stderr: expect.stringMatching(said) as string });
  }
  const none = await run(['grow', '--data', path('in'), '--out', path('m'), '--json']);
  expect([none.code, none.stderr]).toEqual([1, expect.stringMatching(/has no prepared\.json/)]);
}, 60_000);
