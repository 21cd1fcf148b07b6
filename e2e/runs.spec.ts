/** Several runs: names, differences, and lineage. */
import { expect, test, type Page } from '@playwright/test';
import { bytesOf, curveKey } from '../src/core/runs/curve';
import { recordKey } from '../src/core/runs/record';
import { runRows } from '../src/testing/runRows';
import { expectAccessible } from './axe';
import { SEA, seeded } from './seed';
import { Studio } from './studio';

/** Opens a studio with one small run of 20 steps. */
async function withRun(page: Page): Promise<Studio> {
  const studio = new Studio(page);
  await studio.openOnWasm('/model', await seeded({ texts: [['Pasted text', SEA]], runs: [{}] }));
  return studio;
}

test('a run is forked and answers requests, resumes with other settings, and another run writes meanwhile', async ({
  page,
}) => {
  const studio = await withRun(page);

  // From a checkpoint, with another learning rate; Playground still shows the first run.
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
  await studio.event(20, /Continued with other settings: .*learning rate 0\.003 → 0\.0001/);
  const more = page.getByRole('button', { name: 'More actions' });
  await expect(more).toBeVisible({ timeout: 60_000 });

  // Requests a sample and an evaluation by key and by button, between steps.
  const events = page.getByRole('list', { name: 'Events' });
  const scrubber = page.getByRole('slider', { name: 'Training step' });
  await page.keyboard.press('s');
  await expect(scrubber).toHaveAttribute('aria-valuetext', /on request$/, { timeout: 60_000 });
  const first = (await scrubber.getAttribute('aria-valuetext'))!;
  await page.keyboard.press('s');
  // The newest sample is shown until the user moves to another.
  await expect(scrubber).toHaveValue('1', { timeout: 60_000 });
  await scrubber.press('ArrowLeft');
  await expect(scrubber).toHaveAttribute('aria-valuetext', first);
  await page.getByText(/^All samples/).click();
  await expect(page.getByRole('list', { name: 'Samples' })).toContainText('on request');
  await expect(events).toContainText('Sample written on request');
  await more.click();
  await page.getByRole('menuitem', { name: 'Evaluate now' }).click();
  await expect(events.getByText(/^Evaluated/)).not.toHaveCount(0, { timeout: 60_000 });
  await expect(scrubber).toHaveValue('0');
  await scrubber.press('End');
  await expect(scrubber).not.toHaveValue('0');
  await expectAccessible(page, 'Train, a fork that is asked');

  // Generates with another run while this one trains.
  await studio.goTo('Playground');
  await page.getByRole('button', { name: /Run$/ }).click();
  await page.getByRole('option', { name: /pasted-text-1/ }).click();
  await studio.set({ Length: 4 });
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await studio.expectWritten(4);

  // With changed settings, the run is saved and resumes as a new segment.
  await studio.goTo('Train');
  await page.getByRole('button', { name: 'Change settings…' }).click();
  const reached = Number((await studio.strip.innerText()).match(/step ([\d,]+)/)![1]!.replaceAll(',', ''));
  // High enough that the run, which is still training, doesn't reach it before the click.
  await studio.set({ Dropout: 0.2, Steps: reached + 1_000_000 });
  await expect(dialog).toContainText('Training continues with the changes');
  await dialog.getByRole('button', { name: /^Continue to step/ }).click({ timeout: 60_000 }); // still training
  await expect(events.getByText(/Continued with other settings: .*dropout 0 → 0\.2/)).toBeVisible({
    timeout: 60_000,
  });
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await expect(studio.strip).toContainText(/Paused|Finished/);

  // Lineage, also after a reload.
  await page.reload();
  await studio.goTo('Runs');
  await studio.chooseRun(studio.runs.filter({ hasText: 'slow' }));
  const kin = page.getByRole('list', { name: 'Lineage of this run' }).getByRole('listitem');
  await expect(kin).toHaveCount(2);
  await expect(kin.last()).toContainText(/slow fork, .*learning rate 0\.003 → 0\.0001/);
  await page.getByRole('link', { name: 'Lineage' }).click();
  await expect(page.getByRole('button', { name: /^slow, fork of pasted-text-1 at step 20, to step/ })).toBeVisible();
  expect(studio.errors).toEqual([]);
});

test('of two hundred runs only the visible ones are in the page, and the last can be reached', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/text');
  const merges = Array.from({ length: 1791 }, (_, i) => [i % 200, (7 * i) % 250]);
  // One run has saved nothing, so it isn't listed.
  const rows = runRows(201);
  await studio.fill(
    rows.flatMap(({ record, curve }): [string, object][] => [
      [recordKey(record.id), { ...record, tokenizer: { kind: 'bpe', merges } }],
      ...(curve ? [[curveKey(record.id), bytesOf(curve)] as [string, object]] : []),
    ]),
  );
  await page.reload();
  await expect(studio.stages).toContainText('200 runs');
  await studio.goTo('Runs');
  await expect(studio.runs.first()).toBeVisible();
  expect(await studio.runs.count()).toBeLessThan(60);
  // The oldest run is the last row.
  const oldest = studio.runs.filter({ has: page.getByRole('rowheader', { name: /^baseline/ }) });
  await expect(oldest).toHaveCount(0);
  await expect(async () => {
    await studio.runs.last().scrollIntoViewIfNeeded({ timeout: 1000 });
    await expect(oldest).toBeInViewport({ timeout: 1000 });
  }).toPass();
  expect(await studio.runs.count()).toBeLessThan(60);
  expect(studio.errors).toEqual([]);
});
