/** Evaluate: a checkpoint is evaluated on held-out text. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../axe';
import { EVALUATE, evaluateChapters } from '../evaluation';

test('an evaluation is canceled and started again by key, and its verdict and scores have intervals', async ({
  page,
}) => {
  const studio = await evaluateChapters(page);
  await expect(page.getByText('See how your model compares with word counting')).toBeVisible();

  // Canceled midway, and started again by keyboard.
  await page.getByRole('button', { name: EVALUATE }).click();
  const progress = page.getByRole('main').getByRole('progressbar');
  await expect(progress).toHaveAttribute('aria-valuenow', /[1-9]/);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: EVALUATE })).toBeVisible();
  expect(await studio.keys('evaluations/')).toEqual([]);
  await page.keyboard.press('Control+Enter');
  const verdict = page.getByRole('region', { name: 'Verdict' });
  await expect(verdict).toBeVisible();
  await expect(verdict).toContainText(
    /(Better than|still beats? it|About as good as).*Perplexity [\d.]+ on text it never saw; /,
  );
  await expect(studio.stages).toContainText(/perplexity \d/);
  for (const label of ['Perplexity', 'Bits per byte', 'Top-1 accuracy', 'Top-5 accuracy'])
    await expect(studio.reading(label)).toContainText(/\d.* to .*\d/);
  await expect(page.getByRole('img', { name: /^Bits per byte, fewer is better: this model/ })).toBeVisible();
  await expectAccessible(page, 'Evaluate, measured');
  expect(studio.errors).toEqual([]);
});
