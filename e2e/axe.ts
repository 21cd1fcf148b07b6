import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** The rules whose result depends on colors: all that a dark page needs where the light one was scanned by every rule. */
export const COLORS = ['color-contrast'] as const;

/** axe finds nothing on the page as it is, by all of its rules or by some; `state` names it where it does. */
export async function expectAccessible(page: Page, state: string, rules?: readonly string[]): Promise<void> {
  await within(atRest(page), `${state}: what moves on the page has not ended`);
  // Loaded once per page: later scans run compiled code. @axe-core/playwright would load it again for each.
  const isLoaded = await page.evaluate(() => 'axe' in globalThis);
  // In the page itself: the app has no frames, whose results would be joined in a page of their own.
  const axe = new AxeBuilder({ page, ...(isLoaded && { axeSource: 'void 0' }) }).setLegacyMode();
  axe.options({ resultTypes: ['violations'], ...(rules && { runOnly: { type: 'rule', values: [...rules] } }) });
  const { violations } = await within(axe.analyze(), `${state}: axe has not ended`);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => String(target)).join(', ')}`);
  expect(found, state).toEqual([]);
}

/**
 * What fades in has less contrast until it is there; endless animations and paused ones are not waited for. A page that
 * was clicked may still have to draw what fades in, so it has to be at rest in ten frames one after another.
 */
const atRest = (page: Page): Promise<unknown> =>
  page.evaluate(async () => {
    const moves = ({ effect, playState }: Animation) =>
      playState === 'running' && effect?.getComputedTiming().endTime !== Infinity;
    for (let still = 0; still < 10; still++) {
      await new Promise(requestAnimationFrame);
      if (document.getAnimations().some(moves)) still = -1;
    }
  });

/** Scripts in a page are awaited without end: where one hangs, the journey says which. */
async function within<T>(work: Promise<T>, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(otherwise)), PATIENCE_MS)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
const PATIENCE_MS = 120_000;
