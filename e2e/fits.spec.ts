/** What has little room: heads of narrow columns, figures on a phone, and the sheet that stands at its foot. */
import { expect, test, type Page } from '@playwright/test';
import { SMALL, Studio } from './studio';

/** Heads of the vocabulary whose words are wider than their column leaves them. */
const cutHeads = (page: Page): Promise<string[]> =>
  page.getByRole('table', { name: 'Vocabulary' }).evaluate((table) =>
    [...table.querySelectorAll('thead th')].flatMap((head) => {
      const { paddingLeft, paddingRight, display } = getComputedStyle(head);
      if (display === 'none') return []; // left out where there is little room
      const words = document.createRange();
      words.selectNodeContents(head);
      const room = head.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
      return words.getBoundingClientRect().width > room + 0.5 ? [`${head.textContent} in ${String(room)} px`] : [];
    }),
  );

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

test('heads, figures and sheets fit where there is little room', async ({ page }, info) => {
  const studio = new Studio(page);
  await studio.open();
  await studio.useDevice('WASM');
  await studio.paste('The sea is wide and the whale is white, and nobody knows how deep it goes. '.repeat(800));
  await studio.goTo('Tokenizer');
  const table = page.getByRole('table', { name: 'Vocabulary' });
  /** By each column in turn, for the arrow takes room too. */
  const headsFit = async (): Promise<void> => {
    for (const head of await table.getByRole('columnheader').getByRole('button').all()) {
      await head.click();
      for (const width of [1440, 1200, 1024]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await cutHeads(page), `${String(width)} wide`).toEqual([]);
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  };
  for (const kind of ['Bytes', 'BPE']) {
    await page.getByText(kind, { exact: true }).first().click();
    await page.getByRole('button', { name: /^Train (the tokenizer|again)$/ }).click();
    await expect(studio.stages).toContainText(new RegExp(`${kind} · [\\d,]+ entries`));
    await headsFit();
    await page.screenshot({ path: info.outputPath(`vocabulary-${kind}.png`) });
  }
  await studio.goTo('Model');
  await studio.set({ ...SMALL, Steps: 20, 'Warm-up': 2, 'Evaluate every': 10 });
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(studio.strip).toContainText('Finished', { timeout: 240_000 });
  await studio.goTo('Tokenizer');
  await expect(table.getByRole('columnheader', { name: /^Count/ })).toBeVisible();
  await headsFit();

  await studio.goTo('Evaluate');
  await page
    .getByRole('button', { name: /^Measure/ })
    .first()
    .click();
  await expect(page.getByText('Next token right', { exact: true })).toBeVisible({ timeout: 240_000 });
  for (const width of [430, 412, 390, 375, 360, 320]) {
    await page.setViewportSize({ width, height: 844 });
    await page.screenshot({ path: info.outputPath(`evaluate-${String(width)}.png`), fullPage: true });
    expect(await unfitFigures(page), `${String(width)} wide`).toEqual([]);
  }

  await page.setViewportSize({ width: 390, height: 844 });
  await studio.goTo('Playground');
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.getByText(/^\d+ tokens? in/)).toBeVisible({ timeout: 120_000 });
  const token = page.getByRole('option').nth(4);
  await token.click();
  const close = page.getByRole('button', { name: 'Close Token 5' });
  await expect(close).toBeInViewport();
  await page.screenshot({ path: info.outputPath('sheet.png') });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: info.outputPath('sheet-dark.png') });
  await page.emulateMedia({ colorScheme: 'light' });
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
