/** A small model of two texts for Evaluate. The end of each text is in the validation set. */
import { readFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { seeded } from './seed';
import { Studio } from './studio';

/** Evaluate's button, whose label includes the expected time if known. */
export const EVALUATE = /^Evaluate( · |$)/;

export const MOBY = 'dist/samples/moby-dick.txt';
/** HTML that must be shown as text and never run. */
const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title = 2</script>\n';

/** Opens Evaluate with chapters and a log, and a model that has learned byte frequencies. */
export async function evaluateChapters(page: Page): Promise<Studio> {
  const log = Array.from(
    { length: 500 },
    (_, i) => `Day ${i} with ${(i * 7919) % 100} barrels. The wind is ${i % 9}.\n`,
  ).join('');
  const texts = [
    ['chapters.txt', (await readFile(MOBY, 'utf8')).slice(40_000, 190_000)],
    ['log.txt', log + HOSTILE.repeat(3)],
  ] as const;
  const run = { recipe: { steps: 40, evalEvery: 20 } };
  const studio = new Studio(page);
  await studio.openOnWasm('/evaluate', await seeded({ texts, runs: [run] }));
  await expect(studio.stages).toContainText('170 k characters');
  return studio;
}
