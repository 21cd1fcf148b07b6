/** Train: a run starts from the keyboard, stops and saves, and settings that changed since are shown before it resumes. */
import { expect, test } from '@playwright/test';
import { SEA } from '../seed';
import { SMALL, Studio } from '../studio';

test('a run starts by key while a choice has the focus; after a stop Train offers to resume or restart', async ({
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
