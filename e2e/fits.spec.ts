/** Layout: values and the sheet on a phone; tables, samples, and the strip at three widths. */
import { expect, test, type Locator, type Page } from '@playwright/test';
import { expectNothingCut } from './cut';
import { EVALUATE } from './evaluation';
import { SEA, seeded } from './seed';
import { STAGE_NAMES } from './stages';
import { Studio } from './studio';

/** Lists values separated from their unit by a line break, and those that overlap the next value. */
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

test('values and sheets fit on small screens', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/evaluate', await seeded({ texts: [['Pasted text', SEA]], runs: [{}] }));
  await page.getByRole('button', { name: EVALUATE }).first().click();
  await expect(page.getByText('Top-1 accuracy', { exact: true })).toBeVisible({ timeout: 240_000 });
  for (const width of [430, 412, 390, 375, 360, 320]) {
    await page.setViewportSize({ width, height: 844 });
    await expect.poll(() => unfitFigures(page), `${String(width)} wide`).toEqual([]);
  }

  await page.setViewportSize({ width: 390, height: 844 });
  await studio.goTo('Playground');
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.getByText(/^\d+ tokens? in/)).toBeVisible({ timeout: 120_000 });
  // Inputs come before the generated text.
  const topOf = async (name: string): Promise<number> => (await page.getByRole('region', { name }).boundingBox())!.y;
  expect(await topOf('Prompt')).toBeLessThan(await topOf('Text'));
  // The strip scrolls without a scroll bar, which would cover its text.
  const facts = studio.strip.locator('dl');
  await expect(facts).toHaveCSS('scrollbar-width', 'none');
  await expect(facts).toHaveCSS('overflow-y', 'hidden');
  const token = page.getByRole('option').nth(4);
  await token.click();
  const close = page.getByRole('button', { name: 'Close Token 5' });
  await expect(close).toBeInViewport();
  await close.click();
  await expect(page.getByRole('table', { name: 'Alternatives of token 5' })).toBeHidden();
  // The scroll position stays.
  await expect(page.getByRole('listbox', { name: 'Generated tokens' })).toBeFocused();
  await expect(token).toBeInViewport();
  await page.setViewportSize({ width: 1440, height: 900 });
  await token.click();
  await expect(page.getByRole('table', { name: 'Alternatives of token 5' })).toBeVisible();
  await expect(close).toBeHidden();
  expect(studio.errors).toEqual([]);
});

/** Lists truncated tables, except in their own box, which scrolls sideways and is focusable. */
const cutTables = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('main table')].flatMap((table) => {
      const { left, right } = table.getBoundingClientRect();
      for (let at = table.parentElement; at; at = at.parentElement) {
        const box = at.getBoundingClientRect();
        const { overflowX } = getComputedStyle(at);
        if (overflowX === 'visible') continue;
        if (at.tabIndex === 0) return [];
        if (right > box.right + 1 || left < box.left - 1)
          return [`${table.ariaLabel} is cut at ${Math.round(box.right)}`];
      }
      return right > innerWidth + 1 ? [`${table.ariaLabel} is wider than the window`] : [];
    }),
  );

/** Replaces an element's text. The text nodes stay, since React removes those that it created. */
function show(element: Element, words: string): void {
  const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let given = words; nodes.nextNode(); given = '') nodes.currentNode.nodeValue = given;
}

/** Lists samples whose step overlaps their text. */
const coveredSamples = (page: Page): Promise<string[]> =>
  page.getByRole('list', { name: 'Samples' }).evaluate((list) =>
    [...list.children].flatMap((item) => {
      const range = document.createRange();
      range.selectNodeContents(item.firstElementChild!);
      const isOver = range.getBoundingClientRect().right > item.lastElementChild!.getBoundingClientRect().left - 4;
      return isOver ? [item.firstElementChild!.textContent] : [];
    }),
  );

/** Lowest contrast of text in an empty page's example, including its opacity; 0 if the last row is faded. */
const faintest = (page: Page): Promise<number> =>
  page
    .getByText('Example', { exact: true })
    .locator('xpath=following-sibling::div[@inert]')
    .evaluate((figure) => {
      const channels = (color: string): number[] =>
        color
          .match(/[\d.]+/g)!
          .slice(0, 3)
          .map(Number);
      const luminance = (all: number[]): number => {
        const [r, g, b] = all.map((c) => (c <= 10.31 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      const paper = channels(getComputedStyle(document.body).backgroundColor);
      const opacity = Number(getComputedStyle(figure).opacity);
      const last = [...figure.querySelectorAll('li')].at(-1)!;
      const solid = /calc\(360px - 48px\)|312px/.test(getComputedStyle(figure).maskImage) ? 312 : 0;
      if (last.getBoundingClientRect().bottom - figure.getBoundingClientRect().top > solid) return 0;
      const contrasts = [...figure.querySelectorAll('span')].map((words) => {
        const ink = channels(getComputedStyle(words).color);
        const lights = [luminance(paper), luminance(ink.map((c, i) => opacity * c + (1 - opacity) * paper[i]!))];
        return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
      });
      return Math.min(...contrasts);
    });

test('tables, samples and the strip show all of their text at 1440, 1024 and 390 px', async ({ page }) => {
  const studio = new Studio(page);
  const runs = [{}, { recipe: { dropout: 0.1 } }, { sizes: { width: 32 } }];
  await studio.openOnWasm('/runs', await seeded({ texts: [['Pasted text', SEA]], runs }));
  for (const stage of ['Text', 'Data', 'Evaluate', 'Tune', 'Runs'])
    for (const width of [1440, 1024, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await studio.goTo(stage);
      await expect.poll(() => cutTables(page), `${stage}, ${String(width)} wide`).toEqual([]);
    }
  // Actions on a run fit its pane, also next to the baseline.
  await page.setViewportSize({ width: 1440, height: 900 });
  await studio.chooseRun(studio.runs.filter({ hasText: 'pasted-text-3' }));
  await expect(page.getByRole('heading', { name: 'pasted-text-3 against pasted-text-1' })).toBeVisible();
  for (const name of ['Open', 'Fork…'])
    await expect(page.getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 });
  await studio.goTo('Evaluate');
  expect(await faintest(page)).toBeGreaterThanOrEqual(3);
  await page.getByRole('button', { name: EVALUATE }).first().click();
  await expect(page.getByText('Top-1 accuracy', { exact: true })).toBeVisible({ timeout: 240_000 });
  for (const stage of STAGE_NAMES) {
    await studio.goTo(stage);
    await expectNothingCut(page, stage, `Pasted text pasted-text-1 pasted-text-2 pasted-text-3 ${SEA}`);
  }
  await page.setViewportSize({ width: 390, height: 900 });
  // On a phone the rail is horizontal, and scrolls to the open stage.
  await studio.byPalette('Export');
  await expect(studio.entry('Export')).toBeInViewport();
  await expect(studio.entry('Text')).not.toBeInViewport();
  await studio.goTo('Train');
  // The reel's button doesn't cover the chart's highest tick.
  const boxOf = async (locator: Locator) => (await locator.boundingBox())!;
  const play = await boxOf(page.getByRole('button', { name: 'Play from step 0' }));
  expect(play.y + play.height).toBeLessThanOrEqual(
    (await boxOf(page.getByRole('group', { name: /^Perplexity/ }).first())).y,
  );
  await page.getByText(/^All samples/).click();
  const remark = page.getByRole('list', { name: 'Samples' }).locator('small').first();
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await remark.evaluate(show, 'not measured');
    expect(await coveredSamples(page), `${String(width)} wide`).toEqual([]);
    if (width === 390) continue; // The strip scrolls there.
    // A long device name is truncated before the phase.
    const device = studio.strip.locator('dl > div').filter({ has: page.getByText('Device', { exact: true }) });
    await device.locator('dd').evaluate(show, 'NVIDIA GeForce RTX 4090 Laptop GPU');
    const phase = studio.strip.locator('dl > div').filter({ has: page.getByText('Finished', { exact: true }) });
    await phase.locator('dd').evaluate(show, 'step 12,345 of 200,000, 12 min 16 s left');
    const room = await phase.locator('dd').evaluate(({ clientWidth, scrollWidth }) => clientWidth - scrollWidth);
    expect(room, `the phase at ${String(width)}`).toBeGreaterThanOrEqual(0);
  }
  expect(studio.errors).toEqual([]);
});
