/** Archives, as people have them, by the real command. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANDROID, REDDIT, SLACK, TELEGRAM } from '../src/testing/chats';
import { lines, run } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archives-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a zip counts as its files: --map names a table in it, and each file without documents is listed', async () => {
  const files = {
    'notes/a.txt': strToU8('The whale came up beside the boat, and nobody said a word.'),
    'notes/said.csv': strToU8('speech,lang\nHave ye seen the white whale?,en\n,en\n'),
    'notes/empty.txt': new Uint8Array(),
    '__MACOSX/notes/._a.txt': new Uint8Array([0]),
  };
  await writeFile(path('mine.zip'), zipSync(files));
  await writeFile(path('b.txt.gz'), gzipSync(strToU8('Nobody said a word, for it was very near to us.')));
  const prepare = (table: string) =>
    run([
      ...['prepare', '--from', path('mine.zip'), path('b.txt.gz'), '--map', `${table}:text=speech,language=lang`],
      ...['--report', path('report'), '--out', path('out'), '--json'],
    ]);
  const ended = await prepare('said.csv');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(lines(ended.stdout).at(-1)).toMatchObject({
    documents: 3,
    read: 4,
    refused: [{ name: 'mine.zip/notes/empty.txt' }],
    removed: { empty: 1 },
    languages: { en: 3 },
  });
  const written = lines(await readFile(path('report/documents.jsonl'), 'utf8'));
  expect(written.map(({ name, source }) => [name, source])).toEqual(
    ['mine.zip/notes/a.txt', 'mine.zip/notes/said.csv', 'b.txt.gz/b.txt'].map((name) => [name, name]),
  );
  expect(await prepare('other.csv')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/--map names other\.csv, which isn't a file of --from/) as string,
  });
}, 120_000);

test('chats and service archives become conversations and posts, from a zip and from a folder', async () => {
  const packed = Object.fromEntries(Object.entries(SLACK).map(([name, text]) => [name, strToU8(text)]));
  await writeFile(path('slack.zip'), zipSync(packed));
  await mkdir(path('own', 'reddit'), { recursive: true });
  for (const [name, text] of Object.entries(REDDIT)) await writeFile(path('own', 'reddit', name), text);
  await writeFile(path('own', 'WhatsApp Chat with Ann.txt'), ANDROID);
  await writeFile(path('own', 'result.json'), TELEGRAM);
  const ended = await run([
    ...[
      'prepare',
      '--from',
      path('slack.zip'),
      path('own'),
      '--report',
      path('told'),
      '--out',
      path('talks'),
      '--json',
    ],
  ]);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(lines(ended.stdout).at(-1)).toMatchObject({ documents: 11, read: 11, refused: [], removed: {} });
  const written = lines(await readFile(path('told/documents.jsonl'), 'utf8'));
  const names = new Set(written.map(({ name }) => name));
  expect([...names].sort()).toEqual(['WhatsApp Chat with Ann.txt', 'reddit', 'result.json', 'slack.zip']);
  expect(written.find(({ text }) => String(text).startsWith('Ann: Hast seen'))).toMatchObject({
    title: 'Ann, 2023-01-05',
    date: '2023-01-05T09:58:00',
    speakers: 'Ann\nBob Ø',
  });
}, 120_000);
