/** A folder as people have them: texts, pages, tables, and what the system left there. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { SMALL, Studio } from './studio';

test('texts are taken, markup is asked about once, and the system’s files are passed over, by keyboard', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.open();
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
  const question = page.getByRole('dialog', { name: 'Learn 3 files with all markup?' });
  await expect(question).toContainText('1 HTML page and 2 XML files are more than prose');
  await expect(page.getByText('2 files were passed over')).toBeVisible();
  // The text did not wait for the answer.
  await expect(studio.stages).toContainText('17 characters');
  await expectAccessible(page, 'the question');
  await question.press('Escape');
  await expect(question).toBeHidden();
  await expect(page.getByRole('table', { name: 'Texts' }).getByRole('row')).toHaveCount(2);

  await choose();
  const take = question.getByRole('button', { name: 'Take them as they are' });
  for (let i = 0; i < 6 && !(await take.evaluate((button) => button === document.activeElement)); i++) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  // What was asked about is a drop of its own, and so a text of its own, of three documents.
  const table = page.getByRole('table', { name: 'Texts' });
  await expect(table.getByRole('row')).toHaveCount(3);
  const several = table.getByRole('rowheader', { name: /^3 files/ }).getByRole('button');
  await several.press('Enter');
  await expect(several).toHaveAttribute('aria-expanded', 'true');
  await expect(table.getByRole('row')).toHaveCount(6);
  for (const { name } of files.slice(0, 4)) await expect(table.getByText(name, { exact: true })).toBeVisible();
  await table.getByRole('button', { name: 'page.xml', exact: true }).press('Enter');
  await expect(page.getByText('Is taken as the XML file that it is')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);

  // A document is left out and put back: what is learnt is less meanwhile, and its content stays.
  const characters = page.getByRole('navigation', { name: 'Stages' }).getByText(/characters/);
  const all = await characters.textContent();
  await table.getByRole('button', { name: 'Leave rows.rss out' }).press('Enter');
  await expect(table.getByText('left out', { exact: true })).toBeVisible();
  await expect(characters).not.toHaveText(all!);
  await expectAccessible(page, 'a document that is left out');
  await page.reload();
  await several.press('Enter');
  await table.getByRole('button', { name: 'Put rows.rss back' }).press('Enter');
  await expect(characters).toHaveText(all!);
  expect(studio.errors).toEqual([]);
});

test('a text in an old encoding is read in the one in which its letters are right, by keyboard', async ({ page }) => {
  const studio = new Studio(page);
  await studio.open();
  const latin = (name: string, text: string) => ({ name, mimeType: '', buffer: Buffer.from(text, 'latin1') });
  const french = latin('notes.txt', 'Le café était fermé.\nOù êtes-vous, mon élève ?\n'.repeat(20));
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /^Choose files…/ }).press('Enter');
  await (await chooser).setFiles([french, latin('more.txt', 'Un thé déjà bu, très près de la fenêtre.\n'.repeat(20))]);
  await expect(page.getByRole('alert')).toContainText('2 files were not added');
  await page.getByRole('button', { name: 'Choose their encoding…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'How is more.txt written?' });
  const western = dialog.getByRole('radio', { name: /Western European, Windows-1252/ });
  await expect(western).toBeAttached();
  await expect(dialog).toContainText('Un thé déjà bu, très près');
  await expectAccessible(page, 'encodings');
  await western.focus();
  await page.keyboard.press('Space');
  await dialog.getByRole('button', { name: 'Read all 2 so' }).press('Enter');
  await expect(page.getByRole('alert')).toHaveCount(0);
  const table = page.getByRole('table', { name: 'Texts' });
  await table
    .getByRole('rowheader', { name: /^2 files/ })
    .getByRole('button')
    .press('Enter');
  await table.getByRole('button', { name: 'notes.txt', exact: true }).press('Enter');
  await expect(page.getByText('Was read as Western European, Windows-1252')).toBeVisible();
  await expect(page.getByText('Le café était fermé.').first()).toBeVisible();
  expect(studio.errors).toEqual([]);
});

test('of a table two columns are taken as pairs, each row a document, by keyboard', async ({ page }) => {
  const studio = new Studio(page);
  await studio.open();
  const rows = Array.from({ length: 30 }, (_, i) => `${i},"sort ${90 - i}, ${i}","${i}, ${90 - i}"`);
  const buffer = Buffer.from(['n,letters,sorted', ...rows].join('\r\n'));
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /^Choose files…/ }).press('Enter');
  await (await chooser).setFiles([{ name: 'letters.csv', mimeType: '', buffer }]);
  const question = page.getByRole('dialog', { name: 'Which columns of letters.csv hold what?' });
  await expect(question.getByRole('table')).toContainText('sort 90, 0');
  // On a phone the columns scroll in themselves.
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await question.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await page.setViewportSize({ width: 1440, height: 900 });
  // The longest is the text, until a person says otherwise; a column has one role, a role one column.
  await expect(question).toContainText('Row 1 as a document');
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
  await question.getByRole('button', { name: 'Add a pair a row' }).press('Enter');
  const table = page.getByRole('table', { name: 'Texts' });
  await expect(table.getByRole('rowheader', { name: /letters\.csv/ })).toBeVisible();
  await expect(page.getByText('sort 90, 0')).toBeVisible();
  await expect(page.getByText('CSV table')).toBeVisible();
  expect(studio.errors).toEqual([]);
});

test('several files are learnt as whole documents: what is cut and padded is told on Data, Model and at the start', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.open();
  await studio.useDevice('WASM');
  const files = Array.from({ length: 40 }, (_, i) => ({
    name: `log-${i}.txt`,
    mimeType: '',
    buffer: Buffer.from(`Day ${i}. We sailed ${'on and '.repeat((i * 7) % 11)}on.`),
  }));
  await studio.choose('Choose files…', files);
  await expect(studio.stages).toContainText('characters');
  await studio.goTo('Tokenizer');
  await page.getByText('Bytes', { exact: true }).click();
  await studio.goTo('Model');
  await studio.set({ ...SMALL, Context: 64, Steps: 20, 'Warm-up': 2, 'Evaluate every': 10 });
  const seldom = page.getByText('Seldom changed').last();
  await seldom.click();
  await page.getByRole('button', { name: /Rows are of$/ }).click();
  await page.getByRole('option', { name: /^Whole documents/ }).click();

  await studio.goTo('Data');
  await page.getByRole('button', { name: 'Build the data' }).first().click();
  const words =
    /^\d+ documents, of which \d+ are cut into \d+ pieces for a context of 64: packed into (\d+) rows, of which [\d,]+ places \([\d.]+ %\) are padding\.$/;
  const told = await page.getByText(words).innerText();
  const rows = words.exec(told)![1]!;
  await expect(page.getByText(`20 steps, as set, read its ${rows} rows`)).toBeVisible();
  await studio.goTo('Model');
  await expect(page.getByText('Some of the data is longer than the context')).toBeVisible();
  await expect(page.getByText(told)).toBeVisible();
  await expectAccessible(page, 'rows of documents on Model');
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page.getByText(told)).toBeVisible();
  await studio.event(20, /Evaluated/);
  await studio.goTo('Playground');
  await page.getByRole('textbox', { name: 'Prompt' }).fill('Day ');
  await studio.set({ Length: 8 });
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.getByText(/^8 tokens in /)).toBeVisible();
  expect(studio.errors).toEqual([]);
});

test('text is written by hand, many are chosen at once, and the focus stays on the page, by keyboard', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.open('/tokenizer/'); // a slash at the end is no other page
  await expect(page.getByRole('heading', { level: 1, name: 'Tokenizer' })).toBeVisible();
  await studio.goTo('Text');
  const byHand = page.getByRole('dialog', { name: 'Add text by hand' });
  const draft = byHand.getByRole('textbox', { name: 'Text', exact: true });
  const question = page.getByRole('dialog', { name: 'Discard this text?' });
  await page.getByRole('button', { name: 'Paste text…' }).press('Enter');
  await expect(draft).toBeFocused();
  await page.keyboard.type('Call me Ishmael of the sea, as all men do.');
  await page.keyboard.press('Escape');
  await expect(question).toBeVisible();
  await expectAccessible(page, 'a draft that would be lost');
  await page.keyboard.press('Escape'); // takes the question back, not the draft
  await expect(question).toBeHidden();
  await expect(draft).toHaveValue(/^Call me Ishmael/);
  await byHand.getByRole('button', { name: 'Add text' }).press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Text' })).toBeFocused();

  for (const words of ['Some years ago, never mind how long.', 'Having little or no money in my purse.']) {
    await page.getByRole('button', { name: 'Paste…' }).press('Enter');
    await draft.fill(words);
    await byHand.getByRole('button', { name: 'Add text' }).press('Enter');
    await expect(page.getByRole('button', { name: 'Paste…' })).toBeFocused();
  }
  const table = page.getByRole('table', { name: 'Texts' });
  await expect(table.getByRole('row')).toHaveCount(4);
  // A long name takes no room from what stands beside it.
  await page.getByRole('button', { name: 'Paste…' }).press('Enter');
  await draft.fill('Some years ago.');
  await byHand.getByRole('textbox', { name: 'Name in the list' }).fill('a-name-'.repeat(30));
  await byHand.getByRole('button', { name: 'Add text' }).press('Enter');
  await table.getByRole('button', { name: /^a-name-/ }).press('Enter');
  const preview = page.getByRole('heading', { name: 'Preview' });
  expect(await preview.evaluate((h2) => h2.scrollWidth - h2.clientWidth)).toBe(0);
  await table.getByRole('button', { name: /^Remove a-name-/ }).press('Enter');
  const note = await page.getByText(/^a-name-.* removed/).boundingBox();
  expect(note!.width).toBeLessThan(560);
  await table.getByRole('checkbox', { name: 'Select all that are shown' }).press('Space');
  const selection = page.getByRole('group', { name: 'With what is selected' });
  await expect(selection).toContainText('3 texts selected');
  await selection.getByRole('button', { name: 'Licence…' }).press('Enter');
  await page.getByRole('button', { name: /Licence$/ }).press('Enter');
  await page.getByRole('option', { name: /^CC-BY-4\.0/ }).press('Enter');
  await page.getByRole('button', { name: 'State it' }).press('Enter');
  await expect(page.getByText('Licence: CC-BY-4.0.')).toBeVisible();
  await expectAccessible(page, 'texts that are selected');
  await selection.getByRole('button', { name: 'Remove' }).press('Enter');
  await expect(page.getByText('3 texts removed')).toBeVisible();
  await page.getByRole('button', { name: 'Undo', exact: true }).last().press('Enter');
  await expect(table.getByRole('row')).toHaveCount(4);
  expect(studio.errors).toEqual([]);
});
