import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Rules that depend on colors: sufficient for a dark page whose light version was scanned by every rule. */
export const COLORS = ['color-contrast'] as const;

/** Expects no axe violations, by all rules or the given ones; `state` names the page in failures. */
export async function expectAccessible(page: Page, state: string, rules?: readonly string[]): Promise<void> {
  await within(atRest(page), `${state}: what moves on the page has not ended`);
  // Loaded once per page: later scans run compiled code. @axe-core/playwright would load it again for each.
  const isLoaded = await page.evaluate(() => 'axe' in globalThis);
  // Legacy mode needs no second page to merge the results of frames, which the app lacks.
  const axe = new AxeBuilder({ page, ...(isLoaded && { axeSource: 'void 0' }) }).setLegacyMode();
  axe.options({ resultTypes: ['violations'], ...(rules && { runOnly: { type: 'rule', values: [...rules] } }) });
  const { violations } = await within(axe.analyze(), `${state}: axe has not ended`);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => String(target)).join(', ')}`);
  expect(found, state).toEqual([]);
}

/**
 * Waits for animations, because fading content has less contrast; ignores endless and paused ones. After a click,
 * content may start to fade in later, so the page must be still for ten consecutive frames.
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

/** Limits the time of scripts in a page, which Playwright awaits forever, and names the one that hangs. */
async function within<T>(work: Promise<T>, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(otherwise)), PATIENCE_MS)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
const PATIENCE_MS = 120_000;
