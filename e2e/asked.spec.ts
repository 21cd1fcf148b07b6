/** Compares two runs of two architectures, and scores a task table and sentence pairs. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { COLORS, expectAccessible } from './axe';
import { seeded } from './seed';
import { Studio } from './studio';

const WIDTHS = [
  [1024, 'tablet'],
  [390, 'phone'],
] as const;

const file = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

test('a checkpoint is compared, evaluated on a task and sentence pairs, and all results are there after a reload', async ({
  page,
}) => {
  const studio = new Studio(page);
  const text = (await readFile('dist/samples/moby-dick.txt', 'utf8')).slice(40_000, 80_000);
  const sizes = { context: 64 };
  const llama = { architecture: 'llama', sizes: { ...sizes, kvHeads: 1, hidden: 32 } } as const;
  await studio.openOnWasm('/evaluate', await seeded({ texts: [['moby.txt', text]], runs: [{ sizes }, llama] }));
  await page.getByRole('link', { name: 'Compare, pairs and tasks' }).click();

  // Compares the Llama with the GPT of the other run, and with its own earlier checkpoint.
  const compared = page.getByRole('region', { name: 'Compare with' });
  await compared.getByRole('button', { name: /Compare with/ }).click();
  await page
    .getByRole('option', { name: /^(?!step)/ })
    .first()
    .click();
  await compared.getByRole('button', { name: 'Compare', exact: true }).click();
  await expect(compared.getByText(/^Against .*, GPT, step 20$/)).toBeVisible();
  // By keyboard alone.
  await studio.tabTo('button', /Compare with/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('listbox')).toBeVisible();
  await page.keyboard.type('step');
  await page.keyboard.press('Enter');
  await studio.tabTo('button', /^Compare$/);
  await page.keyboard.press('Enter');
  await expect(compared.getByText(/^Against step \d+$/)).toBeVisible();
  await expect(compared.getByText(/^(Better by|Worse by|No significant difference)/)).toHaveCount(2);

  const tasks = page.getByRole('region', { name: 'Your tasks' });
  const table = 'prompt,choices,answer\nThe white,whale|xqzv,whale\nCall me,xqzv|Ishmael,2\n';
  await studio.choose(/^Add table…/, file('words.csv', table));
  await expect(tasks.getByRole('table', { name: 'words.csv' })).toContainText(/Accuracy.*%/);
  await tasks.getByText('Score at every evaluation').click();
  await expect(tasks.getByRole('switch', { name: /Score at every evaluation/ })).toBeChecked();
  await tasks.getByRole('button', { name: 'Score all checkpoints' }).click();
  await expect(tasks.getByText('By checkpoint')).toBeVisible();
  await studio.choose(/^Add table…/, file('bad.csv', 'prompt,choices,answer\na,b,b\n'));
  await expect(tasks.getByRole('alert')).toContainText('Line 2 of bad.csv has one choice, "b".');

  await page.getByRole('button', { name: 'Score minimal pairs' }).click();
  await expect(page.getByRole('table', { name: /^Minimal pairs by kind/ })).toContainText('All kinds');
  await page.getByRole('button', { name: 'Score identity swaps' }).click();
  await expect(page.getByRole('table', { name: /^Identity swaps/ })).toContainText('he, she');
  await expectAccessible(page, 'Evaluate, asked');

  // Exports all results as a table, for every evaluated checkpoint.
  await page.getByRole('button', { name: 'Download report' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /^CSV/ }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/-step-20-asked\.csv$/);
  const csv = await readFile(await download.path(), 'utf8');
  for (const words of ['minimal pairs', 'identity swaps', 'words.csv', 'bits per byte']) expect(csv).toContain(words);

  await page.reload();
  await expect(compared.getByText(/^(Better by|Worse by|No significant difference)/)).toHaveCount(2);
  await expect(page.getByRole('table', { name: /^Minimal pairs by kind/ })).toContainText('All kinds');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page, 'Evaluate, asked, in the dark', COLORS);
  for (const [width, name] of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(width);
    // Stacked panes are as high as their content.
    const pairs = page.getByRole('region', { name: 'Sentence pairs' });
    expect(await pairs.evaluate((pane) => pane.scrollHeight - pane.clientHeight), name).toBeLessThanOrEqual(1);
  }
  expect(studio.errors).toEqual([]);
});
