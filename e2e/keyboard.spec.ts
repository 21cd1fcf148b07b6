/** The main path by keyboard alone: one click's worth of Enter grows a model from a sample, to its text and its zip. */
import { expect, test, type Page } from '@playwright/test';
import { Studio, TINY } from './studio';

test('a newcomer grows a model from a sample, by keyboard alone', async ({ page }) => {
  const studio = new Studio(page);
  await studio.open();

  // Settings first: they hold for the sample too.
  await studio.tabTo('link', /^Model/);
  await page.keyboard.press('Enter');
  for (const [label, value] of Object.entries({ ...TINY, Steps: 240 })) {
    await studio.tabTo('textbox', new RegExp(`^${label}$`));
    await page.keyboard.type(String(value));
  }
  await palette(page, 'Text');
  await studio.tabTo('button', /Train on it, Moby Dick/);
  await page.keyboard.press('Enter');
  await studio.event(30, /Evaluated/);
  await page.keyboard.press('Control+.');
  await expect(page.getByRole('button', { name: /^Resume from step/ })).toBeVisible();

  await page.reload();
  await expect(page.getByRole('button', { name: /^Resume from step/ })).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await studio.event(240, /Evaluated/);

  // `]` goes to the next stage: Runs, then Playground.
  await page.keyboard.press(']');
  await expect(page.getByRole('heading', { level: 1, name: 'Runs' })).toBeVisible();
  await page.keyboard.press(']');
  await expect(page.getByRole('heading', { level: 1, name: 'Playground' })).toBeVisible();
  await studio.tabTo('textbox', /^Length$/);
  await page.keyboard.type('8');
  await page.keyboard.press('Control+Enter');
  const tokens = page.getByRole('listbox', { name: 'Tokens as written' });
  await expect(tokens.getByRole('option')).toHaveCount(8, { timeout: 60_000 });
  await studio.tabTo('listbox', /Tokens as written/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('table', { name: 'What token 2 could be' })).toBeVisible();
  await page.keyboard.press('Escape');

  await palette(page, 'Export');
  const download = page.waitForEvent('download');
  await studio.tabTo('button', /^Download Hugging Face folder$/);
  await page.keyboard.press('Enter');
  expect((await download).suggestedFilename()).toBe('moby-dick-step-240.zip');
  expect(studio.errors).toEqual([]);
});

/** Runs a command of the palette by its name. */
async function palette(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
}
