/** Texts in old encodings, in tables, and typed. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { Studio } from './studio';

test('a text in an old encoding is decoded with the encoding that looks right, by keyboard', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm();
  const latin = (name: string, text: string) => ({ name, mimeType: '', buffer: Buffer.from(text, 'latin1') });
  const french = latin('notes.txt', 'Le café était fermé.\nOù êtes-vous, mon élève ?\n'.repeat(20));
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /^Choose files…/ }).press('Enter');
  await (await chooser).setFiles([french, latin('more.txt', 'Un thé déjà bu, très près de la fenêtre.\n'.repeat(20))]);
  // Both files share one inline question.
  const question = page.getByRole('group', { name: 'Questions about dropped files' });
  await expect(question.getByRole('heading')).toHaveText('2 files: which line looks right?');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(question).toContainText('Un thé déjà bu, très près');
  await expect(question.getByRole('radio', { name: /Windows-1252/ })).toBeChecked();
  await expectAccessible(page, 'encodings');
  await studio.tabTo('radio', /Windows-1252/);
  await page.keyboard.press('ArrowDown');
  const other = question.getByRole('button', { name: /^Use (?!Windows-1252).* for 2 files$/ });
  await expect(other).toBeVisible();
  await page.keyboard.press('ArrowUp');
  await studio.tabTo('button', /^Use Windows-1252 for 2 files$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: '2 added' })).toBeVisible();
  const table = page.getByRole('table', { name: 'Texts' });
  await table.getByRole('button', { name: 'notes.txt', exact: true }).press('Enter');
  await expect(page.getByText('Converted from Western European, Windows-1252')).toBeVisible();
  await expect(page.getByText('Le café était fermé.').first()).toBeVisible();
  expect(studio.errors).toEqual([]);
});

test('two columns of a table become pairs, each row a document, by keyboard', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm();
  const rows = Array.from({ length: 30 }, (_, i) => `${i},"sort ${90 - i}, ${i}","${i}, ${90 - i}"`);
  const buffer = Buffer.from(['n,letters,sorted', ...rows].join('\r\n'));
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /^Choose files…/ }).press('Enter');
  await (await chooser).setFiles([{ name: 'letters.csv', mimeType: '', buffer }]);
  const question = page.getByRole('group', { name: 'Questions about dropped files' });
  await expect(question.getByRole('heading')).toHaveText('letters.csv: which column is the text?');
  await question.getByRole('button', { name: 'Choose columns…' }).press('Enter');
  await expect(question.getByRole('table')).toContainText('sort 90, 0');
  // On a phone the columns scroll in their own box.
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await question.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await page.setViewportSize({ width: 1440, height: 900 });
  // The longest column is the text by default. A column has one role, and a role one column.
  await expect(question).toContainText('First row with text, as a document');
  await expectAccessible(page, 'the columns of a table');
  for (const [column, role] of [
    ['letters', 'Input'],
    ['n', 'Target'],
    ['sorted', 'Target'],
    ['n', 'Title'],
  ] as const) {
    await question.getByRole('button', { name: new RegExp(`${column}$`) }).press('Enter');
    await page.getByRole('option', { name: role, exact: true }).press('Enter');
    await expect(page.getByRole('listbox')).toBeHidden();
  }
  await question.getByRole('button', { name: /rows as pairs$/ }).press('Enter');
  const table = page.getByRole('table', { name: 'Texts' });
  await expect(table.getByRole('rowheader', { name: /letters\.csv/ })).toBeVisible();
  await expect(page.getByText('sort 90, 0')).toBeVisible();
  await expect(page.getByText('CSV table').first()).toBeVisible();
  expect(studio.errors).toEqual([]);
});

test('a text is typed, several are selected at once, and the focus stays on the page, by keyboard', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/tokenizer/'); // an old URL; a trailing slash is ignored
  await expect(page.getByRole('heading', { level: 1, name: 'Tokens & data' })).toBeVisible();
  await expect(page).toHaveURL(/\/p\/first\/tokens$/);
  await studio.goTo('Text');
  const byHand = page.getByRole('dialog', { name: 'Paste text' });
  const draft = byHand.getByRole('textbox', { name: 'Text', exact: true });
  const question = page.getByRole('dialog', { name: 'Discard this text?' });
  await page.getByRole('button', { name: 'Paste text…' }).press('Enter');
  await expect(draft).toBeFocused();
  await page.keyboard.type('Call me Ishmael of the sea, as all men do.');
  await page.keyboard.press('Escape');
  await expect(question).toBeVisible();
  await expectAccessible(page, 'a draft that would be lost');
  await page.keyboard.press('Escape'); // closes the question, not the draft
  await expect(question).toBeHidden();
  await expect(draft).toHaveValue(/^Call me Ishmael/);
  await byHand.getByRole('button', { name: 'Add text' }).press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Text' })).toBeFocused();

  for (const words of ['Some years ago, never mind how long.', 'Having little or no money in my purse.']) {
    await page.getByRole('button', { name: 'Paste text…' }).press('Enter');
    await draft.fill(words);
    await byHand.getByRole('button', { name: 'Add text' }).press('Enter');
    await expect(page.getByRole('button', { name: 'Paste text…' })).toBeFocused();
  }
  const table = page.getByRole('table', { name: 'Texts' });
  await expect(table.getByRole('row')).toHaveCount(4);
  // A long name doesn't displace its neighbors.
  await page.getByRole('button', { name: 'Paste text…' }).press('Enter');
  await draft.fill('Some years ago.');
  await byHand.getByRole('textbox', { name: 'Name' }).fill('a-name-'.repeat(30));
  await byHand.getByRole('button', { name: 'Add text' }).press('Enter');
  await table.getByRole('button', { name: /^a-name-/ }).press('Enter');
  const preview = page.getByRole('heading', { name: 'Preview' });
  expect(await preview.evaluate((h2) => h2.scrollWidth - h2.clientWidth)).toBe(0);
  await table.getByRole('button', { name: /^Remove a-name-/ }).press('Enter');
  const note = await page.getByText(/^a-name-.* removed/).boundingBox();
  expect(note!.width).toBeLessThan(560);
  await table.getByRole('checkbox', { name: 'Select all rows' }).press('Space');
  const selection = page.getByRole('group', { name: 'Selection' });
  await expect(selection).toContainText('3 texts selected');
  await selection.getByRole('button', { name: 'License…' }).press('Enter');
  await page.getByRole('button', { name: /. License$/ }).press('Enter');
  await page.getByRole('option', { name: /^CC-BY-4\.0/ }).press('Enter');
  await page.getByRole('button', { name: 'Save license' }).press('Enter');
  await expect(page.getByText('License: CC-BY-4.0.')).toBeVisible();
  await expectAccessible(page, 'texts that are selected');
  await selection.getByRole('button', { name: 'Remove' }).press('Enter');
  await expect(page.getByText('3 texts removed')).toBeVisible();
  await page.getByRole('button', { name: 'Undo', exact: true }).last().press('Enter');
  await expect(table.getByRole('row')).toHaveCount(4);
  expect(studio.errors).toEqual([]);
});
