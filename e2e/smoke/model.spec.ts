/** Model: reads numbers as people write them, and corrects and reports a value out of range. */
import { expect, test } from '@playwright/test';
import { SMALL, Studio } from '../studio';

test('Model reads a decimal comma, corrects a value below the minimum, and resets all settings', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/model');
  await studio.set({ ...SMALL, Steps: 20 });

  const rate = studio.field('Learning rate');
  await rate.fill('0,003');
  await expect(rate).toHaveAccessibleDescription('read as 0.003');
  await rate.press('Tab');
  await expect(rate).toHaveValue('0.003');
  await studio.set({ Layers: 0 });
  const layers = studio.field('Layers');
  await expect(layers).toHaveAccessibleDescription(/below the minimum, 1: set to 1/);
  await layers.focus();
  await expect(layers).not.toHaveAccessibleDescription(/set to/);
  await expect(studio.field('Steps')).toHaveValue('20');
  await page.getByRole('button', { name: /changed: reset to defaults$/ }).click();
  await expect(studio.field('Steps')).toHaveValue('2,000');
  await studio.set({ 'Learning rate': '.003' });
  await expect(rate).toHaveValue('0.003');
  expect(studio.errors).toEqual([]);
});

test('a link to settings opens Model in another project, and using it sets them', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const studio = new Studio(page);
  await studio.openOnWasm('/model');
  await studio.set({ ...SMALL, Steps: 21 });
  await page.getByRole('button', { name: 'Copy link to these settings' }).click();
  await expect(page.getByText('Link copied')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await studio.set({ Steps: 400 });
  await page.goto(link);
  await expect(page.getByText(/parameters, .*21 steps/)).toBeVisible();
  await page.getByRole('button', { name: 'Use these settings' }).click();
  await expect(studio.field('Steps')).toHaveValue('21');
  await expect(page.getByText('Settings from a link')).toBeHidden();
  expect(new URL(page.url()).hash).toBe('');
  await page.goto(link.replace(/layers=\d+/, 'layers=0'));
  await expect(page.getByText('This link can’t be used')).toBeVisible();
  await expect(page.getByText(/layers=0: Layers must be/)).toBeVisible();
  expect(studio.errors).toEqual([]);
});
