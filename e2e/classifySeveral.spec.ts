/** A multi-label classifier: texts without a label raise a question, and are trained. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { SMALL, Studio } from './studio';

const WORDS = { sea: 'the whale swims', deep: 'far below', calm: 'a quiet hour' };
const LABELS = Object.keys(WORDS) as (keyof typeof WORDS)[];
/** Rows with no label, one, two or three in turn; the cell of a row without a label is empty. */
const ROWS = Array.from({ length: 120 }, (_, i) => {
  const own = LABELS.filter((_, place) => ((i % 8) >> place) % 2 === 1);
  return `"${own.map((label) => WORDS[label]).join(' ')} on page ${i}",${own.join(';')}`;
});
const TABLE = ['text,label', ...ROWS].join('\n');

test('texts without labels in multi-label data raise a question and are trained', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/model');
  await studio.set({ ...SMALL, Width: 32, Context: 64 });
  await studio.goTo('Tune');
  await page.getByRole('navigation', { name: 'Kinds of tuning' }).getByRole('link', { name: 'Classify' }).click();
  await page.getByRole('button', { name: 'Paste…' }).click();
  await page.getByRole('textbox', { name: 'Table' }).fill(TABLE);
  await page.getByRole('dialog').getByRole('button', { name: 'Add texts' }).click();
  const dialog = page.getByRole('dialog', { name: /What is in each column of/ });
  // Guessed from the labels of the first rows.
  await expect(dialog.getByRole('button', { name: /Labels per text/ })).toContainText('Several, separated by ;');
  await dialog.getByRole('button', { name: 'Add labeled texts' }).click();
  await expect(dialog).toBeHidden();

  // The meaning of an empty label is asked before a start, and can be changed.
  await expect(
    page.getByText('15 texts have no label: does no label apply, or aren’t they labeled yet?'),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: /^Train the classifier/ })).toHaveAttribute('aria-disabled', 'true');
  await expectAccessible(page, 'Classify, asked of texts without a label');
  await page.getByRole('button', { name: 'Not labeled yet', exact: true }).click();
  await expect(page.getByText('; 15 unlabeled texts')).toBeVisible();
  const unlabeled = page.getByRole('button', { name: /Unlabeled texts/ });
  await unlabeled.click();
  await page.getByRole('option', { name: 'No label applies' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: /^none of them\s*15$/ })).toBeVisible();
  await expectAccessible(page, 'Classify, answered');

  await studio.set({ Epochs: 15 });
  await page.getByText('Advanced', { exact: true }).click();
  await studio.set({ Batch: 8, 'Learning rate': 0.01 });
  await page.getByRole('button', { name: /^Train the classifier/ }).click();
  await expect(studio.strip).toContainText('Finished', { timeout: 240_000 });
  await expect(page.getByRole('group', { name: 'Per-label results' }).getByRole('row', { name: /^sea/ })).toBeVisible();
  await studio.goTo('Tune');
  await expect(page.getByRole('main')).toContainText(/% of \d+ texts right/);

  // Results per label, next to baselines; a cell opens its texts, also with a higher threshold.
  const pane = page.getByRole('region', { name: 'Evaluation' });
  const table = pane.getByRole('group', { name: 'Per-label results' });
  await expect(table.getByRole('row', { name: /^sea/ })).toBeVisible();
  await expect(pane).toContainText('naive Bayes');
  const found = table.getByRole('button', { name: /^sea, found: / });
  const count = Number(/\d+$/.exec((await found.getAttribute('aria-label'))!)![0]);
  expect(count).toBeGreaterThan(0);
  await found.click();
  await expect(pane.getByRole('listitem').first()).toContainText('whale');
  await expectAccessible(page, 'Classify, each label');
  const ask = page.getByRole('region', { name: 'Confidence', exact: true });
  await expect(ask).toContainText(/Gives \d+ labels to \d+ of \d+ texts/);
  const slider = ask.getByRole('slider', { name: 'Confidence threshold' });
  await slider.focus();
  await page.keyboard.press('End');
  await expect(ask).toContainText('99 %');
  await expect.poll(async () => Number(/\d+$/.exec((await found.getAttribute('aria-label'))!)![0])).toBeLessThan(count);
  await page.getByRole('textbox', { name: 'Text', exact: true }).fill('on page 999');
  await page.getByRole('button', { name: 'Classify', exact: true }).click();
  await expect(ask.getByRole('status').filter({ hasText: 'None of its labels' })).toBeVisible();

  await studio.goTo('Playground');
  // A worker that ends while it classifies a file is reported and replaced.
  const file = { name: 'many.txt', mimeType: 'text/plain', buffer: Buffer.from('the whale swims\n'.repeat(200_000)) };
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Classify file…' }).click();
  await (await chooser).setFiles(file);
  await expect(page.getByRole('main').getByRole('progressbar')).toBeVisible();
  // A closed worker never answers.
  for (const worker of page.workers())
    void worker
      .evaluate(() => {
        if (self.name === 'gpu')
          setTimeout(() => {
            throw new Error('no memory was left');
          });
      })
      .catch(() => undefined);
  const errorDialog = page.getByRole('dialog', { name: 'Couldn’t classify the file' });
  await expect(errorDialog).toContainText('A part of the app stopped');
  await expect(errorDialog).toContainText('no memory was left');
  await expectAccessible(page, 'Classify, a file that was not classified');
  await errorDialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('textbox', { name: 'Text', exact: true }).fill('on page 999');
  await page.getByRole('button', { name: 'Classify text', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'None of its labels' })).toBeVisible();
  await studio.goTo('Tune');

  // The threshold is saved, even if the user leaves the page at once.
  await slider.focus();
  await page.keyboard.press('Home');
  await studio.goTo('Evaluate');
  await studio.goTo('Tune');
  await expect(slider).toHaveAttribute('aria-valuetext', /^1\b/);

  // Relabels a text: other labels, or none.
  const first = pane.getByRole('listitem').first();
  await pane.getByRole('tab', { name: /Mistakes/ }).click();
  await first.getByRole('button', { name: /^Change label/ }).click();
  await page.getByRole('menu').getByText('No label applies', { exact: true }).click();
  await page.keyboard.press('Escape');
  await expectAccessible(page, 'Classify, other labels');
  expect(studio.errors).toEqual([]);
});

test('a second table with the same columns gets the roles of the first, and a disabled button gives the reason', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/tune?kind=classify');
  const rows = Array.from(
    { length: 12 },
    (_, i) => `Letter ${i} about the library,${i % 2 ? 'hours' : 'loans'},team ${i % 3}`,
  );
  const dialog = page.getByRole('dialog', { name: /What is in each column of/ });
  const add = dialog.getByRole('button', { name: 'Add labeled texts' });
  const paste = async (lines: readonly string[], name = 'letters.csv'): Promise<void> => {
    await page.getByRole('button', { name: 'Paste…' }).click();
    await studio.field('Name').fill(name);
    await page.getByRole('textbox', { name: 'Table' }).fill(['body,desk,team', ...lines].join('\n'));
    await page.getByRole('dialog').getByRole('button', { name: 'Add texts' }).click();
  };
  const give = async (column: RegExp, role: string): Promise<void> => {
    await dialog.getByRole('button', { name: column }).click();
    await page.getByRole('option', { name: role, exact: true }).click();
  };
  await paste(rows.slice(0, 6));
  await expect(dialog.getByRole('button', { name: /desk/ })).toContainText('Label');
  await give(/desk/, 'Not used');
  await expect(add).toHaveAttribute('aria-disabled', 'true');
  await expect(dialog.getByRole('status')).toHaveText('Choose a text column and a label column');
  await give(/team/, 'Label');
  await expect(dialog.getByRole('status')).toBeHidden();
  await add.click();
  await expect(dialog).toBeHidden();

  // A pasted table is recognized, whatever its name.
  await paste(rows.slice(6), 'more letters');
  await expect(dialog.getByRole('button', { name: /team/ })).toContainText('Label');
  await expect(dialog.getByRole('button', { name: /desk/ })).toContainText('Not used');
  expect(studio.errors).toEqual([]);
});
