/** Words of the interface that a page shows at first sight. */
import type { Page } from '@playwright/test';

/**
 * Visible words of the interface. Excludes text marked `translate="no"`: the user's texts, names and labels, and
 * generated text. Also excludes numbers, single letters and text only for screen readers.
 */
export const ownWords = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const words: string[] = [];
    const isShown = (element: Element): boolean => {
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
      for (let box: Element | null = element; box; box = box.parentElement)
        if (getComputedStyle(box).clipPath !== 'none') return false;
      return true;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!parent || parent.closest('[translate="no"], script, style, textarea, option') || !isShown(parent)) continue;
      range.selectNodeContents(node);
      const isInWindow = [...range.getClientRects()].some(
        ({ top, bottom, left, right }) => bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
      );
      if (isInWindow) words.push(...(node.textContent?.match(/\p{L}[\p{L}’'-]+/gu) ?? []));
    }
    return words;
  });
