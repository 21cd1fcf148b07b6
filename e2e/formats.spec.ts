/** A folder with a file of every format, dropped like a user's. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { EVERY_FORMAT, EVERYTHING, HARMFUL } from '../src/testing/everyFormat';
import { inlineRows, workbookOf } from '../src/testing/workbook';
import { expectAccessible } from './axe';
import { Studio } from './studio';

test('a folder of every format becomes one text of its documents, and none of them is ever more than text', async ({
  page,
}, testInfo) => {
  const folder = testInfo.outputPath('everything');
  for (const [path, content] of Object.entries(EVERYTHING)) {
    await mkdir(dirname(join(folder, '..', path)), { recursive: true });
    await writeFile(join(folder, '..', path), content);
  }
  const studio = new Studio(page);
  await studio.openOnWasm();
  await dropOn(page, folder);
  const titles = Object.values(EVERY_FORMAT).flatMap((each) => each.titles);
  // Skipped: system files in the folder, and the script of a saved page.
  const notice = page.getByRole('status').filter({ hasText: 'added' });
  await expect(notice).toContainText(/^\d+ added, 3 skipped/);
  const table = page.getByRole('table', { name: 'Texts' });
  const text = table.getByRole('rowheader', { name: 'everything' });
  await expect(text).toContainText(`${titles.length} documents`);
  await notice.getByRole('button', { name: 'Show' }).press('Enter');
  const list = page.getByRole('group', { name: 'Files that were not added' });
  await expect(list.getByRole('heading')).toHaveText([/^Hidden files/, /^Parts of saved pages 1$/]);
  await notice.getByRole('button', { name: 'Dismiss' }).press('Enter');
  await expect(list).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await text.getByRole('button').press('Enter');
  const rows = table.getByRole('rowheader');
  await expect(rows).toHaveCount(1 + titles.length);
  // The file's name comes first. A title that repeats it isn't shown.
  const shown = await table.getByRole('row').evaluateAll((all) =>
    all.slice(2).map((row) => {
      const [name, title] = [...row.children].slice(1, 3).map((cell) => (cell as HTMLElement).innerText.trim());
      return title || name;
    }),
  );
  expect(shown.sort()).toEqual([...titles].sort());
  for (const [title, words] of [
    ['everything/deep/er/june.txt', `Call me Ishmael. ${HARMFUL}`],
    ['<img src=x onerror="globalThis.ran = true">', 'Some years ago.'],
    ['Crawled', 'A page of the web.'],
  ] as const) {
    const row = table.getByRole('row').filter({ has: page.getByText(title, { exact: true }) });
    await row.getByRole('rowheader').getByRole('button').press('Enter');
    await expect(page.getByText(words, { exact: true })).toBeVisible();
  }
  await expectAccessible(page, 'a text of every format');
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);

  // With a reader that hangs: pasted text is stored, Cancel ends the reader, and the next file is read.
  await hang(page);
  const work = testInfo.outputPath('work.ipynb');
  await writeFile(work, JSON.stringify({ cells: [{ cell_type: 'markdown', source: 'A count of whales.' }] }));
  await studio.dropFiles([work]);
  const cancel = page.getByRole('button', { name: 'Cancel', exact: true });
  await expect(cancel).toBeVisible();
  await studio.addPaste('The whale is large. The sea is wide. ');
  await expect(table.getByRole('rowheader', { name: /^Pasted/ })).toBeVisible();
  await cancel.press('Enter');
  await expect(cancel).toBeHidden();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await studio.dropFiles([work]);
  await expect(table.getByRole('rowheader', { name: 'work.ipynb' })).toBeVisible();
  expect(studio.errors).toEqual([]);
});

/** Makes the worker that reads files hang in JSON.parse. */
async function hang(page: Page): Promise<void> {
  const readers = page.workers().filter((worker) => worker.url().endsWith('#reader'));
  expect(readers).toHaveLength(1);
  await readers[0]!.evaluate(() => {
    JSON.parse = () => {
      for (;;);
    };
  });
}

/** Drops a real folder of this machine, which synthetic events can't do. */
async function dropOn(page: Page, folder: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 700, y: 450, data });
}

test('a broken table is named and doesn’t block the others', async ({ page }, testInfo) => {
  const folder = testInfo.outputPath('tables');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'a.csv'), 'text,label\n"never closed,1\nno,2\n');
  await writeFile(join(folder, 'b.csv'), 'text,label\nCall me Ishmael.,1\n');
  const studio = new Studio(page);
  await studio.openOnWasm();
  await dropOn(page, folder);
  const questions = page.getByRole('group', { name: 'Questions about dropped files' });
  await expect(questions.getByRole('heading')).toHaveText([
    'tables/b.csv: which column is the text?',
    'tables/a.csv isn’t a valid CSV table',
  ]);
  await expect(questions).toContainText('opens a quote in line 2 that is never closed');
  await questions.getByRole('button', { name: 'Choose columns…' }).press('Enter');
  await questions.getByRole('button', { name: /rows as texts$/ }).press('Enter');
  await expect(page.getByRole('table', { name: 'Texts' })).toContainText('b.csv');
  await questions.getByRole('button', { name: 'Skip tables/a.csv' }).press('Enter');
  await expect(page.getByText('1 added, 1 skipped')).toBeVisible();
  await expect(questions).toHaveCount(0);
  expect(studio.errors).toEqual([]);
});

test('loose tables raise a question, plain-text ones are added at once, and their rows join the text of the drop', async ({
  page,
}, testInfo) => {
  const folder = testInfo.outputPath('loose');
  await mkdir(folder, { recursive: true });
  const rows = inlineRows([
    ['text', 'label'],
    ['It is deep.', 'sea'],
  ]);
  for (const [name, content] of [
    ['a.csv', 'text,label\nHave ye seen the whale?,ahab\n,nobody\nAye.,stubb\n'],
    ['b.jsonl', '{"text":"It is white.","label":"whale"}\n'],
    ['c.xlsx', workbookOf([{ name: 'Data', rows }])],
    ['june.txt', 'Call me Ishmael.'],
  ] as const)
    await writeFile(join(folder, name), content);
  const studio = new Studio(page);
  await studio.openOnWasm();
  await dropOn(page, folder);
  const questions = page.getByRole('group', { name: 'Questions about dropped files' });
  for (const asked of ['2 files', 'loose/c.xlsx']) {
    const title = `${asked}: which column is the text?`;
    const question = questions.locator('section', { has: page.getByRole('heading', { name: title }) });
    await question.getByRole('button', { name: 'Choose columns…' }).press('Enter');
    await expect(question).toContainText('First row with text, as a document');
    await question.getByRole('button', { name: /rows as texts$/ }).press('Enter');
    await expect(question).toBeHidden();
  }
  const rowheaders = page.getByRole('table', { name: 'Texts' }).getByRole('rowheader');
  await expect(rowheaders).toHaveText([/^loose4 files, 5 documents/]);
  await rowheaders.nth(0).getByRole('button').press('Enter');
  await expect(rowheaders).toHaveText([/^loose/, /june/, /a\.csv/, /a\.csv/, /b\.jsonl/, /c\.xlsx/]);
  await rowheaders.nth(4).getByRole('button').press('Enter');
  await expect(page.getByText('It is white.', { exact: true })).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect(studio.errors).toEqual([]);
});
