/** Runs: differences, checkpoints, and notes. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../axe';
import { SEA, seeded } from '../seed';
import { Studio } from '../studio';

test('runs are compared, each checkpoint can be used, and notes stay', async ({ page }) => {
  const studio = new Studio(page);
  const runs = [{}, { sizes: { width: 32 }, recipe: { dropout: 0.3 } }];
  await studio.openOnWasm('/runs', await seeded({ texts: [['Pasted text', SEA]], runs }));
  await expect(studio.runs).toHaveCount(2);
  await expect(studio.stages).toContainText('2 runs');
  const headers = page.getByRole('table', { name: 'Runs', exact: true }).getByRole('columnheader');
  await expect(headers.filter({ hasText: 'Width' })).toBeVisible();
  await expect(headers.filter({ hasText: 'Dropout' })).toBeVisible();
  await expect(headers.filter({ hasText: 'Layers' })).toHaveCount(0);

  // The older run is the baseline. By keyboard, the other is chosen and described, and its curve hidden and shown.
  const older = studio.runs.filter({ has: page.getByRole('radio', { checked: true }) });
  const wide = studio.runs.filter({ has: page.getByRole('radio', { checked: false }) });
  await expect(older).toContainText('baseline');
  await studio.chooseRun(wide);
  await expect(page.getByText(/^2 settings differ, width 16 → 32; dropout 0 → 0\.3/)).toBeVisible();
  await studio.runMenu(/^Name, tags and note/);
  await page.getByRole('textbox', { name: 'Name' }).fill('wide');
  await page.getByRole('textbox', { name: 'Tags' }).fill('sea, dropout');
  await page.getByRole('textbox', { name: 'Note' }).fill('Wider and with dropout.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const named = studio.runs.filter({ hasText: 'wide' });
  await expect(named).toContainText('sea');
  await named.getByRole('rowheader').getByRole('button').focus();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Show the curve of wide' })).toBeVisible();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Hide the curve of wide' })).toBeVisible();
  await page.keyboard.press('b');
  await expect(named.getByRole('radio')).toBeChecked();
  await expectAccessible(page, 'Runs, two');

  // Samples at each evaluation, with one scrubber.
  const scrubber = page.getByRole('slider', { name: 'Training step' });
  await expect(scrubber).toHaveAttribute('aria-valuetext', /^Step 20, perplexity/);
  await scrubber.press('Home');
  await expect(scrubber).toHaveAttribute('aria-valuetext', /^Step 0, perplexity/);

  // A pinned checkpoint stays; the storage limit is shown and can be set.
  const steps = page.getByRole('table', { name: 'Checkpoints' }).getByRole('row');
  await page.getByRole('button', { name: 'Pin step 0' }).click();
  await expect(steps.filter({ hasText: 'pinned' })).toContainText('0');
  await page.getByRole('button', { name: 'Storage limit…' }).click();
  await page.getByRole('textbox', { name: 'Storage limit' }).fill('64');
  await page.getByRole('button', { name: 'Allow 64 MB' }).click();
  await expect(page.getByText(/ of 64 MB$/)).toBeVisible();

  // Exports the table and the curves as files.
  for (const [entry, name, head] of [
    ['Table', /-runs\.csv$/, 'Run,Tags,Note,Started,Bits per byte,'],
    ['Curves', /-curves\.csv$/, 'Run,Of,Step,Tokens,Time (ms),'],
  ] as const) {
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download CSV' }).click();
    await page.getByRole('menuitem', { name: entry }).click();
    expect((await file).suggestedFilename()).toMatch(name);
    const lines = (await readFile(await (await file).path(), 'utf8')).split('\r\n');
    expect(lines[0]!.startsWith(head)).toBe(true);
    expect(lines.length).toBeGreaterThan(3);
  }

  // Uses the settings of a run for the next one, until undone.
  await studio.chooseRun(studio.runs.filter({ hasNotText: 'wide' }));
  await page.getByRole('button', { name: /^New run from / }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Model' })).toBeVisible();
  await expect(studio.field('Width')).toHaveValue('16');
  await page.getByRole('region', { name: 'Notifications' }).getByRole('button', { name: 'Undo' }).click();
  await expect(studio.field('Width')).toHaveValue('32');
  await studio.goTo('Runs');

  // A filter leaves one run, then none.
  const filter = page.getByRole('searchbox', { name: 'Filter runs' });
  await filter.fill('dropout 0.3');
  await expect(studio.runs).toHaveCount(1);
  await filter.fill('nothing like it');
  await expect(page.getByText('No run matches')).toBeVisible();
  await filter.fill('');

  // Any checkpoint can generate and be exported; each page shows the run that was chosen there.
  await studio.chooseRun(named);
  await studio.runMenu(/^Write text/);
  await expect(page.getByText(/^Step 20 of wide/)).toBeVisible();
  const checkpoint = page.getByRole('button', { name: /Checkpoint$/ });
  await checkpoint.click();
  await page.getByRole('option', { name: /^Step 0\b.*pinned/ }).click();
  await expect(page.getByText(/^Step 0 of wide/)).toBeVisible();
  await studio.set({ Length: 4 });
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.getByText(/^4 tokens in/)).toBeVisible({ timeout: 60_000 });
  await studio.goTo('Runs');
  await studio.chooseRun(named);
  await studio.runMenu(/^Export model/);
  await expect(checkpoint).toContainText('Step 0');
  const taken = await studio.exportAs('Hugging Face folder');
  expect(taken.suggestedFilename()).toBe('wide-step-0.zip');
  await studio.goTo('Playground');
  await page.getByRole('button', { name: /Run$/ }).click();
  await page.getByRole('option', { name: /pasted-text-1/ }).click();
  await expect(page.getByText(/^Step 20 of pasted-text-1/)).toBeVisible();
  await studio.goTo('Export');
  await expect(checkpoint).toContainText('Step 0');

  await studio.goTo('Runs');
  await page.reload();
  await expect(studio.runs).toHaveCount(2);
  await studio.chooseRun(named);
  await expect(page.getByText('Wider and with dropout.')).toBeVisible();

  // The runs as a tree, and as its table.
  await page.getByRole('link', { name: 'Lineage' }).click();
  await expect(page).toHaveURL(/view=lineage/);
  // The URL from before there were several projects still works.
  await page.goto('/runs?view=lineage');
  const lanes = page.getByRole('group', { name: 'Lineage' }).getByRole('button');
  await expect(lanes).toHaveCount(2);
  await expectAccessible(page, 'Runs, lineage');
  await lanes.first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(lanes.nth(1)).toBeFocused();
  await expect(lanes.nth(1)).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('t');
  await expect(page.getByRole('table', { name: 'Lineage' }).getByRole('row')).toHaveCount(3);

  expect(studio.errors).toEqual([]);
});
