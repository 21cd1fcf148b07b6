/** axe on every stage, in light and dark: empty, working and failed. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { STAGE_NAMES } from './stages';
import { Studio, TINY } from './studio';

const FILES = /^(Choose|Add) files…/;

test('axe finds no violations on any stage, in light and dark', async ({ page }) => {
  const studio = new Studio(page);
  await studio.openOnWasm();
  for (const stage of STAGE_NAMES) await check(studio, `${stage}, empty`, stage);
  await expect(await studio.openPrivacy()).toContainText('Requests to other sites');
  await check(studio, 'how to check that nothing leaves');
  await page.keyboard.press('Escape');

  // Refused: an image named like a text file.
  await studio.goTo('Text');
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);
  await studio.choose(FILES, { name: 'picture.txt', mimeType: 'text/plain', buffer: png });
  await expect(page.getByText(/PNG/).first()).toBeVisible();
  await check(studio, 'Text, a file refused');

  // Failed: a text too short to train on.
  await studio.choose(FILES, { name: 'short.txt', mimeType: 'text/plain', buffer: Buffer.from('Hello there.') });
  await expect(page.getByText('short.txt').first()).toBeVisible();
  await studio.goTo('Train');
  await page.getByRole('button', { name: 'Start training' }).first().click();
  await expect(page.getByRole('alert')).toContainText(/too short/);
  for (const stage of STAGE_NAMES) await check(studio, `${stage}, after a run that failed`, stage);

  await studio.goTo('Model');
  await studio.set({ ...TINY, Steps: 100_000 });
  await recompute(studio);
  await studio.goTo('Text');
  await studio.choose(FILES, 'dist/samples/moby-dick.txt');
  await expect(page.getByText('moby-dick.txt').first()).toBeVisible();
  await page.getByRole('button', { name: 'Start training' }).click();
  await studio.event(0, /Evaluated/);
  await check(studio, 'Train, working');
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await expect(page.getByRole('button', { name: /^Resume from step/ })).toBeVisible();
  for (const stage of STAGE_NAMES) await check(studio, `${stage}, with a model`, stage);
  await studio.goTo('Model');
  await page.getByText(/^About .* Wh, .*\$/).click();
  await check(studio, 'Model, what a plan takes');
  await narrow(studio);
  await studio.goTo('Train');
  await page.getByRole('button', { name: /^Resume from step/ }).click();
  await studio.goTo('Playground');
  await expect(page.getByText('Training shares the device, so this is slower')).toBeVisible();
  await check(studio, 'Playground, while a run trains');
  expect(studio.errors).toEqual([]);
});

/** Sets the memory limit and activation recomputation by keyboard; the strip matches the estimate. */
async function recompute(studio: Studio): Promise<void> {
  const { page } = studio;
  const sentence = page.getByText(/^(Fits in memory\.$|Needs over half of|Activation recomputation is on)/);
  await expect(sentence).toHaveText('Fits in memory.');
  await page.getByRole('region', { name: 'Training' }).getByText('Advanced', { exact: true }).focus();
  await page.keyboard.press('Enter');
  await studio.set({ 'Memory limit': 0.01 });
  await expect(sentence).toHaveText(/^Activation recomputation is on: /);
  const [, total] = /: ([\d.]+ MB) instead of/.exec(await sentence.innerText())!;
  await studio.strip.getByRole('button', { name: /^Device/ }).click();
  await expect(page.getByRole('menu')).toContainText(`${total} of memory planned`);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('main')).toContainText(`${total} of memory`);
  const select = page.getByRole('button', { name: /. Activation recomputation$/ });
  await select.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('option', { name: 'Auto: on' })).toBeFocused();
  await expectAccessible(page, 'Model, advanced settings');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(sentence).toHaveText(/^Needs over half of the 10 MB memory limit\./);
  await select.focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await studio.set({ 'Memory limit': 0 });
  await expect(sentence).toHaveText('Fits in memory.');
}

/** On a phone, a small phone, and at double size: pages have a finite height, and nothing overflows sideways. */
async function narrow(studio: Studio): Promise<void> {
  const { page } = studio;
  const before = page.viewportSize()!;
  for (const width of [390, 320, 195]) {
    await page.setViewportSize({ width, height: 844 });
    for (const stage of STAGE_NAMES) {
      await studio.goTo(stage);
      const { scrollWidth, scrollHeight } = await page.evaluate(() => {
        const { scrollWidth, scrollHeight } = document.documentElement;
        return { scrollWidth, scrollHeight };
      });
      if (width >= 320) expect(scrollWidth, `${stage}, ${String(width)} wide`).toBeLessThanOrEqual(width);
      expect(scrollHeight, `${stage}, ${String(width)} wide`).toBeLessThan(12_000);
    }
  }
  await page.setViewportSize(before);
}

async function check(studio: Studio, state: string, stage?: string): Promise<void> {
  if (stage !== undefined) await studio.goTo(stage);
  await expectAccessible(studio.page, `${state}, light`);
  await studio.page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(studio.page, `${state}, dark`, ['color-contrast']); // all rules that depend on colors
  await studio.page.emulateMedia({ colorScheme: 'light' });
}
