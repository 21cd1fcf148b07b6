/** What fits on a phone: figures, and the sheet at the foot of the page. */
import { expect, test, type Page } from '@playwright/test';
import { SEA, seeded } from './seed';
import { Studio } from './studio';

/** Figures that are parted from their unit by the end of a line, and what reaches into the next figure. */
const unfitFigures = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.querySelector('main')!, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      for (const { 0: figure, index } of text.textContent!.matchAll(/[\d.,]+[ \u00a0]%/g)) {
        range.setStart(text, index);
        range.setEnd(text, index + figure.length);
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        if (lines.size > 1) found.push(`${figure} in “${text.textContent}”`);
      }
    }
    for (const cell of document.querySelectorAll('main dl > div'))
      if (cell.scrollWidth > cell.clientWidth) found.push(`“${cell.textContent}” is wider than its place`);
    return found;
  });

test('figures and sheets fit where there is little room', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/evaluate', await seeded({ texts: [['Pasted text', SEA]], runs: [{}] }));
  await page
    .getByRole('button', { name: /^Measure/ })
    .first()
    .click();
  await expect(page.getByText('Next token right', { exact: true })).toBeVisible({ timeout: 240_000 });
  for (const width of [430, 412, 390, 375, 360, 320]) {
    await page.setViewportSize({ width, height: 844 });
    await expect.poll(() => unfitFigures(page), `${String(width)} wide`).toEqual([]);
  }

  await page.setViewportSize({ width: 390, height: 844 });
  await studio.goTo('Playground');
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.getByText(/^\d+ tokens? in/)).toBeVisible({ timeout: 120_000 });
  const token = page.getByRole('option').nth(4);
  await token.click();
  const close = page.getByRole('button', { name: 'Close Token 5' });
  await expect(close).toBeInViewport();
  await close.click();
  await expect(page.getByRole('table', { name: 'What token 5 could be' })).toBeHidden();
  // Reading goes on where it was.
  await expect(page.getByRole('listbox', { name: 'Tokens as written' })).toBeFocused();
  await expect(token).toBeInViewport();
  await page.setViewportSize({ width: 1440, height: 900 });
  await token.click();
  await expect(page.getByRole('table', { name: 'What token 5 could be' })).toBeVisible();
  await expect(close).toBeHidden();
  expect(studio.errors).toEqual([]);
});
