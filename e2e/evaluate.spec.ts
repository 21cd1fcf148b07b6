/** The evaluation of a checkpoint: its passages, exports, other texts, and state after a reload. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { COLORS, expectAccessible } from './axe';
import { EVALUATE, evaluateChapters, MOBY } from './evaluation';
import { SMALL, Studio } from './studio';

const moby = (): string => readFileSync(MOBY, 'utf8').slice(200_000, 204_000);

test('the worst passage of a checkpoint is opened, scores are filtered and exported, and all is there after a reload', async ({
  page,
}) => {
  const studio = await evaluateChapters(page);
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await page.getByRole('button', { name: EVALUATE }).click();
  await expect(verdict).toBeVisible();

  // The worst passage, token by token.
  const passages = page.getByRole('list', { name: 'Worst passages' }).getByRole('listitem');
  const open = passages.first().getByRole('button', { name: /^Open, passage with perplexity/ });
  await open.focus();
  await page.keyboard.press('Enter');
  const tokens = passages.first().getByRole('listbox');
  await tokens.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(tokens.getByRole('option', { selected: true })).toHaveCount(1);
  await expect(passages.first()).toContainText(/probability .* %, 1 in/);

  // A bar filters the passages; the table shows the same values.
  const kinds = page.getByRole('list', { name: 'By kind of token' });
  await kinds.getByRole('button', { name: /^Numbers/ }).click();
  await expect(page.getByRole('status').filter({ hasText: /passages?$/ })).toContainText('Numbers');
  await expectAccessible(page, 'Evaluate, filtered');
  await page.getByRole('button', { name: /remove this filter/ }).click();
  await page.getByRole('button', { name: 'Show table, By kind of token' }).click();
  await expect(page.getByRole('table', { name: 'By kind of token' })).toContainText('Numbers');

  // Exports the evaluation.
  for (const [entry, name] of [
    [/^CSV/, /-step-40-validation\.csv$/],
    [/^JSON/, /-step-40-validation\.json$/],
  ] as const) {
    await page.getByRole('button', { name: 'Download report' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: entry }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(name);
    expect(await readFile(await download.path(), 'utf8')).toMatch(/bitsPerByte/);
  }

  // The user's own text, dropped on the page, is evaluated and not stored.
  await page.getByRole('button', { name: /Evaluated on/ }).click();
  await page.getByRole('option', { name: /^Your text/ }).click();
  await expect(page.getByText(/^Paste text or drop a file/)).toBeVisible();
  await page.evaluate((text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], 'letter.txt'));
    document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }));
  }, moby());
  const dialog = page.getByRole('dialog', { name: 'Evaluate on your own text' });
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('letter.txt');
  await expectAccessible(page, 'Evaluate, a text of one’s own');
  await dialog.getByRole('button', { name: 'Use this text' }).click();
  await page.getByRole('button', { name: EVALUATE }).click();
  await expect(verdict).toContainText('on this text');
  await expect(page.getByRole('main')).toContainText('letter.txt');
  // Text pasted outside a field is shown before it is evaluated.
  await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'Call me Ishmael.');
    document.body.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, clipboardData }));
  });
  await expect(dialog.getByRole('textbox', { name: 'Text' })).toHaveValue('Call me Ishmael.');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(studio.stages).toContainText('170 k characters'); // nothing was added to the project
  await page.getByRole('button', { name: /Evaluated on/ }).click();
  await page.getByRole('option', { name: /^Validation set/ }).click();
  await expect(verdict).toContainText('on text it never saw');
  // Perplexity with full left context, on request.
  await page.getByRole('button', { name: 'Measure with full context' }).press('Enter');
  await expect(page.getByRole('main')).toContainText('Strided perplexity');
  await expect(page.getByRole('button', { name: 'Measure with full context' })).toBeHidden();

  // After a reload the results are there; after a change of checkpoint they are out of date.
  const [before] = (await verdict.innerText()).split(/\s*Evaluate again/); // times may differ
  await page.reload();
  await expect(verdict).toContainText(before!.replace(/\n+/g, ' '), { useInnerText: true });
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page, 'Evaluate, in the dark', COLORS);
  for (const [width, name] of [
    [1024, 'tablet'],
    [390, 'phone'],
  ] as const) {
    await page.setViewportSize({ width, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(width);
  }
  expect(await page.title()).toBe('Evaluate · Homegrown');
  expect(studio.errors).toEqual([]);
});

test('pairs whose targets are labels have a confusion matrix, and all scores fit', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm();
  const kinds = ['positive', 'negative', 'neutral'];
  const rows = Array.from({ length: 300 }, (_, i) => `film ${i} was ${'abc'[(i * 7) % 3]!},${kinds[(i * 7) % 3]!}\n`);
  const buffer = Buffer.from(`input,target\n${rows.join('')}`);
  await studio.choose('Choose files…', { name: 'films.csv', mimeType: 'text/csv', buffer });
  await page.getByRole('button', { name: 'Choose columns…' }).click();
  await page.getByRole('button', { name: /rows as pairs$/ }).click();
  await expect(studio.stages).toContainText('characters');
  await studio.goTo('Model');
  await studio.set({ ...SMALL, Context: 32, Steps: 20, 'Warm-up': 5, 'Evaluate every': 20 });
  await page.getByRole('button', { name: /. Objective$/ }).click();
  await page.getByRole('option', { name: /^Sequence to sequence/ }).click();
  await studio.goTo('Tokenizer');
  await page.getByText('Bytes', { exact: true }).click();
  await studio.goTo('Train');
  await page.getByRole('button', { name: 'Start training' }).first().click();
  await studio.event(20, /Evaluated/);
  await studio.goTo('Evaluate');
  await page.getByRole('button', { name: EVALUATE }).click();
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText(/^\d+ of \d+ pairs right/);
  for (const label of ['Accuracy', 'Macro F1', 'Exact match', 'chrF'])
    await expect(studio.reading(label)).toBeVisible();

  const table = page.getByRole('group', { name: 'Confusion matrix' });
  for (const kind of kinds) {
    await expect(table.getByRole('columnheader', { name: kind })).toBeInViewport({ ratio: 1 });
    await expect(table.getByRole('row', { name: new RegExp(`^${kind} `) })).toHaveText(/\d/);
  }
  const unfit = (): Promise<string[]> =>
    page
      .locator('main dl > div')
      .evaluateAll((all) => all.flatMap((each) => (each.scrollWidth > each.clientWidth ? [each.textContent] : [])));
  expect(await unfit()).toEqual([]);
  await expectAccessible(page, 'Evaluate, labels');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  await table.scrollIntoViewIfNeeded();
  await expect(table.getByRole('columnheader', { name: 'positive' })).toBeInViewport({ ratio: 1 });
  expect(await unfit()).toEqual([]);
  await expectAccessible(page, 'Evaluate, labels, on a phone in the dark');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(studio.errors).toEqual([]);
});
