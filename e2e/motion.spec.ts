/** Redraw rate of charts while a run trains. */
import { expect, test } from '@playwright/test';
import { SEA, seeded } from './seed';
import { Studio } from './studio';

/** Maximum number of clears of a canvas per redraw. */
const CLEARS = 2;

test('charts are redrawn at most once a second if reduced motion is set, and more often otherwise', async ({
  page,
}) => {
  const studio = new Studio(page);
  const stopped = { recipe: { steps: 100_000 }, stopAfter: 10 };
  await studio.openOnWasm('/train', await seeded({ texts: [['Pasted text', SEA]], runs: [stopped] }));
  await page.evaluate(() => {
    globalThis.cleared = new Map();
    const { clearRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
      cleared.set(this.canvas, [...(cleared.get(this.canvas) ?? []), performance.now()]);
      clearRect.apply(this, box);
    };
  });
  /** Times in milliseconds at which each canvas was cleared. */
  const times = (): Promise<number[][]> => page.evaluate(() => [...cleared.values()]);
  /** Number of redraws less than a second after the previous one; redraws are at least a frame apart. */
  const early = async (): Promise<number> =>
    (await times())
      .flatMap((all) => all.slice(1).map((time, i) => time - all[i]!))
      .filter((interval) => interval > 16 && interval < 900).length;
  await page
    .getByRole('button', { name: /^Resume from step/ })
    .first()
    .click();
  await expect.poll(early).toBeGreaterThan(3);

  await page.emulateMedia({ reducedMotion: 'reduce' });
  const began = await page.evaluate(() => {
    cleared.clear();
    return performance.now();
  });
  await expect.poll(async () => Math.max(...(await times()).map((all) => all.length))).toBeGreaterThan(3 * CLEARS);
  // Allows for a redraw in progress, and an immediate one.
  for (const all of await times()) expect(all.length).toBeLessThanOrEqual(CLEARS * (2 + (all.at(-1)! - began) / 1000));
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await expect(studio.strip).toContainText('Paused');
  expect(studio.errors).toEqual([]);
});

declare global {
  var cleared: Map<HTMLCanvasElement, number[]>;
}
