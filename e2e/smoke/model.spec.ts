/** Model: numbers are read as people write them, and a value out of range is corrected and reported. */
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
  await expect(layers).toHaveAccessibleDescription(/below 1, the least: set to 1/);
  await layers.focus();
  await expect(layers).not.toHaveAccessibleDescription(/set to/);
  await expect(studio.field('Steps')).toHaveValue('20');
  await page.getByRole('button', { name: /changed: reset to defaults$/ }).click();
  await expect(studio.field('Steps')).toHaveValue('2,000');
  await studio.set({ 'Learning rate': '.003' });
  await expect(rate).toHaveValue('0.003');
  expect(studio.errors).toEqual([]);
});
