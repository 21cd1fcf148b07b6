/** Truncated words, and overlapping controls. */
import { expect, type Page } from '@playwright/test';

/**
 * Lists truncated text, boxes that scroll sideways, and overlapping controls of a figure. A focusable box may scroll;
 * the user's own words (`own`) may be truncated if their title is complete.
 */
const faults = (page: Page, own: string): Promise<string[]> =>
  page.evaluate((own) => {
    const found: string[] = [];
    const plain = (words: string): string => words.replaceAll(/\s+/g, ' ').trim();
    for (const box of document.querySelectorAll<HTMLElement>('body *')) {
      const { overflowX, clipPath, display } = getComputedStyle(box);
      if (overflowX === 'visible' || clipPath !== 'none' || display === 'inline' || !box.checkVisibility()) continue;
      if (box.scrollWidth <= box.clientWidth + 1) continue;
      if (/auto|scroll/.test(overflowX) && box.tabIndex === 0 && box.role === 'group') continue;
      const words = plain(box.innerText);
      const title = plain(box.closest<HTMLElement>('[title]')?.title ?? '');
      if (words !== '' && title.includes(words) && plain(own).includes(words)) continue;
      found.push(`cut at ${box.clientWidth} of ${box.scrollWidth} px: “${words.slice(0, 80)}”`);
    }
    for (const figure of document.querySelectorAll('figure')) {
      const controls = [...figure.querySelectorAll<HTMLElement>('button, [role=radio], label')];
      for (const [i, one] of controls.entries())
        for (const other of controls.slice(i + 1)) {
          if (one.contains(other) || other.contains(one)) continue;
          const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
          const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          if (width > 2 && height > 2) found.push(`“${one.innerText}” and “${other.innerText}” overlap`);
        }
    }
    return found;
  }, own);

/** Expects no layout faults at the widths of large screens. */
export async function expectNothingCut(page: Page, where: string, own = ''): Promise<void> {
  for (const width of [1440, 1100]) {
    await page.setViewportSize({ width, height: 900 });
    await expect.poll(() => faults(page, own), `${where}, ${String(width)} wide`).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}
