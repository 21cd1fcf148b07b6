/** Train: a run starts from the keyboard, stops and saves, and changed settings are shown before it resumes. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../axe';
import { SEA } from '../seed';
import { SMALL, Studio } from '../studio';

test('a run starts by key while a choice has the focus, and after a stop Train offers to resume or restart', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/text');
  await studio.paste(SEA);
  await studio.goTo('Model');
  await studio.set({ ...SMALL, Steps: 20, 'Warm-up': 5, 'Evaluate every': 10 });
  await page.getByRole('button', { name: 'Presets' }).focus();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Train' })).toBeVisible();
  await expect(studio.strip).toContainText('Finished');
  await explain(studio);
  const [picture] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save picture' }).click(),
  ]);
  expect(picture.suggestedFilename()).toMatch(/^perplexity-of-.+-1\.png$/);
  const png = await readFile(await picture.path());
  // Width and height follow the signature and the header of the first chunk.
  expect([png.toString('latin1', 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(['PNG', 1920, 960]);

  await studio.goTo('Model');
  await studio.set({ Steps: 100_000, Dropout: 0.2 });
  await page.keyboard.press('ControlOrMeta+Enter');
  await studio.event(10, /Evaluated/);
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await expect(studio.strip).toContainText('Paused');
  const restart = page.getByRole('button', { name: 'Start new run' });
  await expect(restart).toHaveCount(0);
  await studio.goTo('Model');
  await studio.set({ Dropout: 0.3 });
  await expect(page.getByText('dropout 0.2 → 0.3')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Resume from step/ })).toBeVisible();
  await expect(restart).toBeVisible();
  expect(studio.errors).toEqual([]);
});

/** A term shows its definition with the run's number, by keyboard, hover and tap, and leads to the glossary. */
async function explain(studio: Studio): Promise<void> {
  const { page } = studio;
  const perplexity = await studio.perplexity();
  await page.getByRole('heading', { level: 1 }).focus();
  await studio.tabTo('button', /^Perplexity$/);
  const term = page.locator(':focus');
  const entry = page.getByRole('complementary', { name: 'Glossary: Perplexity' });
  await expect(entry).toContainText(`here ${String(perplexity)}`);
  await expect(term).toHaveAccessibleDescription(/^How many tokens the model hesitates between/);
  await expectAccessible(page, 'Train, an open term');
  await page.keyboard.press('Escape');
  await expect(entry).toBeHidden();
  await expect(term).toBeFocused();

  // Enter focuses the link, and Esc the term.
  await page.keyboard.press('Enter');
  await expect(entry.getByRole('link', { name: 'All terms' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(term).toBeFocused();
  await expect(entry).toBeHidden();

  // By pointer, also on the way to the link; Esc closes it wherever the focus is.
  await page.getByRole('heading', { level: 1 }).focus();
  await page.getByText('More charts').click();
  await page.getByRole('button', { name: 'Learning rate' }).hover();
  const rate = page.getByRole('complementary', { name: 'Glossary: Learning rate' });
  await expect(rate).toContainText('at most 0.');
  await rate.hover();
  await page.keyboard.press('Escape');
  await expect(rate).toBeHidden();

  // On a phone a tap opens it, inside the page.
  const before = page.viewportSize()!;
  await page.setViewportSize({ width: 390, height: 844 });
  const tokens = page.getByRole('button', { name: 'Bits per byte' }).first();
  if (!(await tokens.isVisible())) await page.getByRole('button', { name: 'More readings' }).click();
  await tokens.click();
  const bits = page.getByRole('complementary', { name: 'Glossary: Bits per byte' });
  await expect(bits).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.setViewportSize(before);

  await tokens.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Glossary' })).toBeVisible();
  await expect(page.getByText(/here [\d.]+\. Uncompressed text takes 8\./)).toBeInViewport();
  await expectAccessible(page, 'Glossary');
  await page.keyboard.press('/');
  await page.keyboard.type('nucleus');
  const terms = page.getByRole('region', { name: 'All terms' }).getByRole('term');
  await expect(terms).toHaveText([/^Top-p/]);
  await page.getByRole('searchbox', { name: 'Find a term' }).fill('flux capacitor');
  await page.getByRole('button', { name: 'Show all terms' }).click();
  await expect(terms.first()).toHaveText(/^Accuracy/);
  await studio.goTo('Train');
}
