/** Playground: which run it shows, and how it follows the text that a model writes in a small window. */
import { expect, test } from '@playwright/test';
import { SEA, seeded } from '../seed';
import { Studio } from '../studio';

/** A finished run, and one that was stopped and is the project's. */
const RUNS = [{}, { recipe: { steps: 100_000, dropout: 0.2 }, stopAfter: 30 }] as const;

test('Playground shows the run that was chosen there, or the one that Train sends to it', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/playground', await seeded({ texts: [['Pasted text', SEA]], runs: RUNS }));
  await expect(page.getByText(/^Step 30 of/)).toBeVisible();
  await page.getByRole('button', { name: /Run$/ }).click();
  await page.getByRole('option').last().click();
  await expect(page.getByText(/^Step 20 of/)).toBeVisible();
  await studio.goTo('Train');
  await expect(studio.strip).toContainText('step 30');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Sample now' }).click();
  await expect(page.getByRole('list', { name: 'Samples' })).toContainText('asked');
  await page
    .getByRole('button', { name: /^Try it/ })
    .first()
    .click();
  await expect(page.getByText(/^Step 30 of/)).toBeVisible();

  await page.setViewportSize({ width: 1024, height: 768 });
  await expect(studio.strip.getByRole('button', { name: /^Device/ })).toBeVisible();
  await expect(studio.strip.getByRole('button', { name: 'Find or run a command' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Prompt' }).fill('The sea is wide. '.repeat(400));
  await expect(page.getByText(/^The model reads about the last \d+ characters of this/)).toBeVisible();
  await studio.set({ Length: 60 });
  await page.getByRole('button', { name: 'Write', exact: true }).focus();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByText(/^60 tokens in/)).toBeVisible();
  await expect(page.getByRole('option').last()).toBeInViewport();
  expect(studio.errors).toEqual([]);
});
