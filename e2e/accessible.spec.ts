/** axe on every stage, in light and dark: empty, working and failed. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { Studio, TINY } from './studio';

const STAGES = ['Text', 'Tokenizer', 'Data', 'Model', 'Train', 'Playground', 'Export'];

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test(`axe finds nothing on any stage, ${colorScheme}`, async ({ page }) => {
      test.setTimeout(480_000);
      const studio = new Studio(page);
      await studio.open();
      for (const stage of STAGES) await check(studio, `${stage}, empty`, stage);

      // Refused: a picture under the name of a text.
      await studio.goTo('Text');
      const chooser = page.waitForEvent('filechooser');
      await page.getByRole('button', { name: 'Choose files…' }).click();
      const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);
      await (await chooser).setFiles({ name: 'picture.txt', mimeType: 'text/plain', buffer: png });
      await expect(page.getByText(/PNG/).first()).toBeVisible();
      await check(studio, 'Text, a file refused');

      // Failed: a rate that no run survives.
      await studio.goTo('Model');
      await studio.set({ ...TINY, 'Learning rate': 10, 'Warm-up': 0, 'Clip gradients at': 0, Steps: 2000 });
      await studio.goTo('Text');
      await page.getByRole('button', { name: 'Train on it, Moby Dick' }).click();
      await check(studio, 'Train, working');
      const failure = page.getByRole('alert');
      const stop = page.getByRole('button', { name: 'Stop and save' });
      await expect(failure.or(page.getByText(/^Step/).first())).toBeVisible();
      await expect(failure).toBeVisible({ timeout: 120_000 });
      await expect(stop).toBeHidden();
      for (const stage of STAGES) await check(studio, `${stage}, after a run that diverged`, stage);
      expect(studio.errors).toEqual([]);
    });
  });
}

async function check(studio: Studio, state: string, stage?: string): Promise<void> {
  if (stage !== undefined) await studio.goTo(stage);
  const { violations } = await new AxeBuilder({ page: studio.page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => String(target)).join(', ')}`);
  expect(found, state).toEqual([]);
}
