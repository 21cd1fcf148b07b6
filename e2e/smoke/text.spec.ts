/** Text: a typical folder with texts, pages, tables, and system files. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../axe';
import { Studio } from '../studio';

test('texts are added, markup raises an inline question, hidden files are skipped, by keyboard', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm();
  const file = (name: string, text: string) => ({ name, mimeType: '', buffer: Buffer.from(text) });
  const files = [
    file('june.txt', 'Call me Ishmael. '),
    file('page.xml', '<p>Some years ago</p>'),
    file('never mind how long.txt', '<!doctype html><p>having little or no money in my purse'),
    file('rows.rss', '<?xml version="1.0"?><a/>'),
    file('.DS_Store', '\0\0\0\u0001Bud1\0\0\u0010'),
    file('Thumbs.db', '\xd0\xcf\u0011\xe0'),
  ];
  const choose = async (): Promise<void> => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: /^(Choose|Add) files…/ }).press('Enter');
    await (await chooser).setFiles(files);
  };
  await choose();
  const question = page.getByRole('group', { name: 'Questions about dropped files' });
  await expect(question.getByRole('heading')).toHaveText('3 files: train on their markup too?');
  await expect(question).toContainText('1 HTML page and 2 XML files');
  const notice = page.getByRole('status').filter({ hasText: 'skipped' });
  await expect(notice).toContainText('1 added, 3 need you, 2 skipped');
  await notice.getByRole('button', { name: 'Show' }).press('Enter');
  await expect(page.getByRole('group', { name: 'Files that were not added' })).toContainText('Thumbs.db hidden');
  // The text didn't wait for the answer.
  await expect(studio.stages).toContainText('17 characters');
  await expectAccessible(page, 'the question');
  await question.getByRole('button', { name: 'Skip 3 files' }).press('Enter');
  await expect(question).toBeHidden();
  await expect(notice).toContainText('1 added, 5 skipped');
  await expect(page.getByRole('table', { name: 'Texts' }).getByRole('row')).toHaveCount(2);

  await choose();
  await expect(notice).toContainText('3 need you, 3 skipped'); // june.txt is here already
  await studio.tabTo('button', /^Use as plain text$/);
  await page.keyboard.press('Enter');
  // This drop added nothing else, so the three files become their own text.
  const table = page.getByRole('table', { name: 'Texts' });
  const several = table.getByRole('rowheader', { name: /^3 files/ }).getByRole('button');
  await expect(several).toHaveAttribute('aria-expanded', 'true');
  await expect(table.getByRole('row')).toHaveCount(6);
  for (const { name } of files.slice(0, 4)) await expect(table.getByText(name, { exact: true })).toBeVisible();
  await table.getByRole('button', { name: 'page.xml', exact: true }).press('Enter');
  await expect(page.getByText('Used as plain text: the model learns the markup of this XML file too')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);

  // Excludes a document and restores it: the training text shrinks meanwhile, and the document's content stays.
  const characters = page.getByRole('navigation', { name: 'Stages' }).getByText(/characters/);
  const all = await characters.textContent();
  await expect(table.getByRole('button', { name: 'Exclude rows.rss' })).toHaveText('Exclude');
  await table.getByRole('button', { name: 'Exclude rows.rss' }).press('Enter');
  await expect(table.getByText('excluded', { exact: true })).toBeVisible();
  await expect(characters).not.toHaveText(all!);
  await expectAccessible(page, 'a document that is left out');
  await page.reload();
  const last = page.getByRole('status').filter({ hasText: 'Last drop: 3 added, 3 skipped' });
  await last.getByRole('button', { name: 'Show' }).press('Enter');
  await expect(page.getByRole('group', { name: 'Files that were not added' })).toContainText('Thumbs.db hidden');
  await table.getByRole('button', { name: 'Include rows.rss' }).press('Enter');
  await expect(characters).toHaveText(all!);
  expect(studio.errors).toEqual([]);
});
