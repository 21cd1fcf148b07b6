/** Workbooks, presentations, books and saved pages, by the real command. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ARCHIVED_PAGE } from '../src/testing/archivedPage';
import { BOOK } from '../src/testing/book';
import { TALK } from '../src/testing/presentation';
import { inlineRows, workbookOf } from '../src/testing/workbook';
import { lines, run } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'office-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a folder of office files gives their documents, a workbook by its named columns', async () => {
  const rows = inlineRows([
    ['id', 'speech', 'lang'],
    ['1', 'Have ye seen the white whale?', 'en'],
    ['2', null, 'en'],
  ]);
  await mkdir(path('in', 'page_files'), { recursive: true });
  for (const [name, content] of [
    ['a.xlsx', workbookOf([{ name: 'Data', rows }])],
    ['b.pptx', TALK],
    ['c.epub', BOOK],
    ['d.mhtml', ARCHIVED_PAGE],
    ['page.html', '<p>The sea is wide, and nobody has ever seen all of it.</p>'],
    ['page_files/x.js', 'run();'],
    ['old.xlsx', Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)],
  ] as const)
    await writeFile(path('in', ...name.split('/')), content);
  const ended = await run([
    ...['prepare', '--from', path('in'), '--map', 'a.xlsx:text=speech,language=lang'],
    ...['--report', path('report'), '--out', path('out'), '--json'],
  ]);
  expect(ended).toMatchObject({ code: 0 });
  expect(lines(ended.stdout).at(-1)).toMatchObject({
    documents: 5,
    read: 6,
    refused: [{ name: 'old.xlsx', reason: expect.stringMatching(/before Office 2007\..*add that file\.$/s) as string }],
    removed: { empty: 1 },
  });
  const written = lines(await readFile(path('report/documents.jsonl'), 'utf8'));
  expect(written.map(({ name, title }) => [name, title])).toEqual([
    ['a.xlsx', 'Row 2'],
    ['b.pptx', 'Loomings'],
    ['c.epub', 'Moby Dick'],
    ['d.mhtml', 'The whale'],
    ['page.html', 'page.html'],
  ]);
}, 120_000);
