/** Classify: a classifier is trained and evaluated, and one whose page closes resumes from its last checkpoint. */
import { expect, test } from '@playwright/test';
import { addTable, matrix, opened, setPasses } from '../labels';
import { ownWords } from '../ownWords';

test('a classifier whose tab closes resumes from its last checkpoint and is evaluated at its end', async ({ page }) => {
  const studio = await opened(page);
  await addTable(page);
  await setPasses(studio, 60);
  await studio.set({ 'Save every': 20 });
  await page.getByRole('button', { name: /^Train the classifier/ }).click();
  await expect(studio.strip).toContainText(/step (4|5|6)\d/, { timeout: 240_000 });
  await page.reload();
  await studio.begun();
  await page
    .getByRole('button', { name: /^Resume from step/ })
    .first()
    .click();
  await expect(studio.strip).toContainText('Finished', { timeout: 240_000 });
  await expect(matrix(page)).toBeVisible({ timeout: 60_000 });
  const words = await ownWords(page);
  expect(words.length, words.join(' ')).toBeLessThanOrEqual(250);
  await studio.goTo('Tune');
  await expect(page.getByRole('main')).toContainText(/% of 24 texts right/);
  // A second run replaces it.
  await studio.set({ Epochs: 1 });
  await page.getByRole('button', { name: /^Train the classifier/ }).click();
  await expect(studio.stages).toContainText('2 runs');
  await expect(studio.strip).toContainText('Finished', { timeout: 240_000 });
  await studio.goTo('Tune');
  await expect(matrix(page)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('slider', { name: 'Confidence threshold' })).toHaveCount(1);
  expect(studio.errors).toEqual([]);
});
