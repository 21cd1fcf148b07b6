/** Runs side by side: what they are called, what differs, and which comes from which. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { bytesOf, curveKey } from '../src/core/runs/curve';
import { recordKey } from '../src/core/runs/record';
import { runRows } from '../src/core/testing/runRows';
import { expectAccessible } from './axe';
import { SMALL, Studio } from './studio';

const SMALLEST = { ...SMALL, Steps: 20, 'Learning rate': 0.003, 'Warm-up': 5, 'Evaluate every': 10 } as const;

/** A studio with one small run of 20 steps on WASM. */
async function withRun(page: Page): Promise<Studio> {
  const studio = new Studio(page);
  await studio.open('/model');
  await studio.useDevice('WASM');
  await studio.set(SMALLEST);
  await studio.goTo('Text');
  await studio.paste('The sea is wide and the whale is white. '.repeat(1000));
  await train(studio, 20);
  return studio;
}

test('runs are told apart and compared, any kept step of theirs is used, and what a person wrote of them stays', async ({
  page,
}) => {
  const studio = await withRun(page);

  // Another, with other settings.
  await studio.goTo('Model');
  await studio.set({ Dropout: 0.3, Width: 32 });
  await train(studio, 20);

  await studio.goTo('Runs');
  await expect(studio.runs).toHaveCount(2);
  await expect(studio.stages).toContainText(/2 runs · \d\.\d\d bits a byte/);
  const headers = page.getByRole('table', { name: 'Runs', exact: true }).getByRole('columnheader');
  await expect(headers.filter({ hasText: 'Width' })).toBeVisible();
  await expect(headers.filter({ hasText: 'Dropout' })).toBeVisible();
  await expect(headers.filter({ hasText: 'Layers' })).toHaveCount(0);

  // The older is the baseline; by keyboard the other is chosen, described, and its curve hidden and shown.
  const older = studio.runs.filter({ has: page.getByRole('radio', { checked: true }) });
  const wide = studio.runs.filter({ has: page.getByRole('radio', { checked: false }) });
  await expect(older).toContainText('baseline');
  await studio.chooseRun(wide);
  await expect(page.getByText(/^2 settings differ, width 32 for 16; dropout 0\.3 for 0\b/)).toBeVisible();
  await studio.runMenu(/^Name, tags and note/);
  await page.getByRole('textbox', { name: 'Name' }).fill('wide');
  await page.getByRole('textbox', { name: 'Tags' }).fill('sea, dropout');
  await page.getByRole('textbox', { name: 'Note' }).fill('Wider and with dropout.');
  await page.getByRole('button', { name: 'Save' }).click();
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

  // A step that is pinned stays; what they may take is told, and can be set.
  const steps = page.getByRole('table', { name: 'Kept steps' }).getByRole('row');
  await page.getByRole('button', { name: 'Pin step 0' }).click();
  await expect(steps.filter({ hasText: 'pinned' })).toContainText('0');
  await page.getByRole('button', { name: 'Budget…' }).click();
  await page.getByRole('textbox', { name: 'Budget' }).fill('64');
  await page.getByRole('button', { name: 'Allow 64 MB' }).click();
  await expect(page.getByText(/ of at most 64 MB/)).toBeVisible();

  // The table and the curves as files.
  for (const [entry, name, head] of [
    ['The table', /-runs\.csv$/, 'Run,Tags,Note,Begun,Bits per byte,'],
    ['The curves', /-curves\.csv$/, 'Run,Of,Step,Tokens,Time (ms),'],
  ] as const) {
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download csv' }).click();
    await page.getByRole('menuitem', { name: entry }).click();
    expect((await file).suggestedFilename()).toMatch(name);
    const lines = (await readFile(await (await file).path(), 'utf8')).split('\r\n');
    expect(lines[0]!.startsWith(head)).toBe(true);
    expect(lines.length).toBeGreaterThan(3);
  }

  // The settings of a run are those of the next one, until that is undone.
  await studio.chooseRun(studio.runs.filter({ hasNotText: 'wide' }));
  await page.getByRole('button', { name: /^New run from / }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Model' })).toBeVisible();
  await expect(studio.field('Width')).toHaveValue('16');
  await page.getByRole('region', { name: 'Notes' }).getByRole('button', { name: 'Undo' }).click();
  await expect(studio.field('Width')).toHaveValue('32');
  await studio.goTo('Runs');

  // A filter leaves one, and none.
  const filter = page.getByRole('searchbox', { name: 'Filter runs' });
  await filter.fill('dropout 0.3');
  await expect(studio.runs).toHaveCount(1);
  await filter.fill('nothing like it');
  await expect(page.getByText('No run has all of these words')).toBeVisible();
  await filter.fill('');

  // Any kept step is written with and taken home; each page shows the run that was chosen there.
  await studio.chooseRun(named);
  await studio.runMenu(/^Write with it/);
  await expect(page.getByText(/^Step 20 of wide/)).toBeVisible();
  await page.getByRole('button', { name: /Checkpoint$/ }).click();
  await page.getByRole('option', { name: /^Step 0\b.*pinned/ }).click();
  await expect(page.getByText(/^Step 0 of wide/)).toBeVisible();
  await studio.set({ Length: 4 });
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.getByText(/^4 tokens in/)).toBeVisible({ timeout: 60_000 });
  await studio.goTo('Runs');
  await studio.chooseRun(named);
  await studio.runMenu(/^Export it/);
  await expect(page.getByText(/^Step 0 of wide/)).toBeVisible();
  const [taken] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download Hugging Face folder' }).click(),
  ]);
  expect(taken.suggestedFilename()).toBe('wide-step-0.zip');
  await studio.goTo('Playground');
  await page.getByRole('button', { name: /Run$/ }).click();
  await page.getByRole('option', { name: /Pasted text/ }).click();
  await expect(page.getByText(/^Step 20 of Pasted text/)).toBeVisible();
  await studio.goTo('Export');
  await expect(page.getByText(/^Step 0 of wide/)).toBeVisible();

  await studio.goTo('Runs');
  await page.reload();
  await expect(studio.runs).toHaveCount(2);
  await studio.chooseRun(named);
  await expect(page.getByText('Wider and with dropout.')).toBeVisible();

  // The same as a tree, and as its table.
  await page.getByRole('link', { name: 'Lineage' }).click();
  await expect(page).toHaveURL(/view=lineage/);
  // Its address holds from before there were several projects, too.
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

test('a run is forked while its page is asked for more, goes on with other settings, and another is written with meanwhile', async ({
  page,
}) => {
  const studio = await withRun(page);

  // From a kept step, with another rate; the first goes on being what Playground shows.
  await studio.goTo('Playground');
  await studio.goTo('Runs');
  // By keyboard alone.
  await expect(page.getByRole('button', { name: 'Fork step 20' })).toBeVisible();
  await studio.tabTo('button', /^Fork step 20$/);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expectAccessible(page, 'Runs, the settings of a fork');
  const settings = { Name: 'slow', Steps: 100_000, 'Learning rate': 0.0001, 'Evaluate every': 100_000 };
  for (const [label, value] of Object.entries(settings)) {
    await studio.tabTo('textbox', new RegExp(`^${label}$`));
    await page.keyboard.type(String(value));
  }
  await studio.tabTo('button', /^Fork and train 99,980 steps/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Train' })).toBeVisible();
  await studio.event(20, /Continued with other settings: .*learning rate 0\.0001 for 0\.003/);
  await expect(page.getByRole('button', { name: 'Evaluate now' })).toBeVisible({ timeout: 60_000 });

  // Asked by key and by button, between its steps.
  const events = page.getByRole('list', { name: 'Events' });
  const samples = page.getByRole('list', { name: 'Samples' });
  await page.keyboard.press('s');
  await expect(samples).toContainText('asked', { timeout: 60_000 });
  await expect(events).toContainText('Written, as was asked');
  await page.getByRole('button', { name: 'Evaluate now' }).click();
  await expect(events.getByText(/^Evaluated/)).not.toHaveCount(0, { timeout: 60_000 });
  await expectAccessible(page, 'Train, a fork that is asked');

  // Another run is written with while this one trains.
  await studio.goTo('Playground');
  await page.getByRole('button', { name: /Run$/ }).click();
  await page.getByRole('option', { name: /Pasted text/ }).click();
  await studio.set({ Length: 4 });
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.getByText(/^4 tokens in/)).toBeVisible({ timeout: 60_000 });

  // Changed, it is saved first, and goes on as a segment of its own.
  await studio.goTo('Train');
  await page.getByRole('button', { name: 'Change and continue…' }).click();
  const reached = Number((await studio.strip.innerText()).match(/step ([\d,]+)/)![1]!.replaceAll(',', ''));
  await studio.set({ Dropout: 0.2, Steps: reached + 2000 });
  await expect(dialog).toContainText('A new segment begins');
  await dialog.getByRole('button', { name: /^Continue to step/ }).click({ timeout: 60_000 }); // it trains on meanwhile
  await expect(events.getByText(/Continued with other settings: .*dropout 0\.2 for 0/)).toBeVisible({
    timeout: 60_000,
  });
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await expect(studio.strip).toContainText(/Stopped|Finished/);

  // Which comes from which, after a reload too.
  await page.reload();
  await studio.goTo('Runs');
  await studio.chooseRun(studio.runs.filter({ hasText: 'slow' }));
  const kin = page.getByRole('list', { name: 'Comes from' }).getByRole('listitem');
  await expect(kin).toHaveCount(2);
  await expect(kin.last()).toContainText(/slow fork, .*learning rate 0\.0001 for 0\.003/);
  await page.getByRole('link', { name: 'Lineage' }).click();
  await expect(page.getByRole('button', { name: /^slow, fork of Pasted text at step 20, to step/ })).toBeVisible();
  expect(studio.errors).toEqual([]);
});

test('two hundred runs are listed, and the page stays responsive', async ({ page }) => {
  const studio = new Studio(page);
  await studio.open('/text');
  const merges = Array.from({ length: 1791 }, (_, i) => [i % 200, (7 * i) % 250]);
  // One has saved nothing, and so is none of them.
  const rows = runRows(201);
  await studio.fill(
    rows.flatMap(({ record, curve }): [string, object][] => [
      [recordKey(record.id), { ...record, tokenizer: { kind: 'bpe', merges } }],
      ...(curve ? [[curveKey(record.id), bytesOf(curve)] as [string, object]] : []),
    ]),
  );
  await page.reload();
  await expect(studio.stages).toContainText('200 runs');
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { tasks });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    });
  });
  const began = Date.now();
  await studio.stages.getByRole('link', { name: /^Runs/ }).click();
  await expect(studio.runs.first()).toBeVisible();
  const took = Date.now() - began;
  await page.waitForTimeout(1000);
  const tasks = await page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks);
  console.log(`200 runs: the first row after ${took} ms, tasks over 50 ms: ${tasks.join(', ') || 'none'}`);
  // Only those near the view are in the page, and the last can be reached.
  expect(await studio.runs.count()).toBeLessThan(60);
  expect(studio.errors).toEqual([]);
});

async function train(studio: Studio, steps: number): Promise<void> {
  await studio.page.getByRole('button', { name: 'Start training' }).first().click();
  await studio.goTo('Train');
  await expect(studio.strip).toContainText(`step ${steps}`, { timeout: 60_000 });
  await expect(studio.strip).toContainText('Finished', { timeout: 60_000 });
}
