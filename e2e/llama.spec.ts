/** The second architecture by the same path: chosen on Model, trained, talked to, taken as a folder, and brought in again. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { SMALL, Studio, talk } from './studio';

test('a Llama is chosen, grows from a file, and writes the same where its folder is brought in', async ({
  page,
}, info) => {
  const studio = new Studio(page);
  await studio.beginWithBytes('WASM');

  await studio.goTo('Model');
  await page.getByRole('radiogroup', { name: 'Architecture' }).getByText('Llama', { exact: true }).click();
  await studio.set({ ...SMALL, Width: 32, 'Heads of keys': 1, 'Inner width': 40 });
  await studio.set({ Steps: 60, 'Learning rate': 0.003, 'Warm-up': 10, 'Evaluate every': 30 });
  await page.getByText('Seldom changed').first().click();
  await studio.set({ 'Rotary base': 500 });
  await expect(studio.stages).toContainText('Llama');
  await page.screenshot({ path: info.outputPath('model.png'), fullPage: true });
  await expectAccessible(page, 'model');

  await page.getByRole('button', { name: 'Start training' }).click();
  await studio.event(60, /Evaluated/);
  expect(await studio.perplexity()).toBeLessThan(100);
  await expect(studio.strip.getByRole('button', { name: 'Start training' })).toBeVisible();
  const before = await talk(studio);

  const zip = info.outputPath('model.zip');
  await studio.takeFolder(zip);
  await studio.bringAnew(zip, 'WASM');
  await expect(studio.strip).toContainText('step 60');
  expect(await talk(studio)).toEqual(before);
  expect(studio.errors).toEqual([]);
});
