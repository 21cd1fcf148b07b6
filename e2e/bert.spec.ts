/** A model that reads both ways by the same path: trained on hidden tokens, filling blanks, taken as a folder and brought in again. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { SMALL, Studio } from './studio';

test('a BERT learns hidden tokens from a file, fills blanks, and fills them the same where its folder is brought in', async ({
  page,
}, info) => {
  const studio = new Studio(page);
  await studio.open();
  await studio.useDevice('WASM');
  await studio.choose('Choose files…', 'dist/samples/moby-dick.txt');
  await expect(studio.stages).toContainText('1.21 M characters');

  await studio.goTo('Model');
  await page.getByRole('radiogroup', { name: 'Architecture' }).getByText('BERT', { exact: true }).click();
  await studio.set({ ...SMALL, Width: 32 });
  await studio.set({ Steps: 60, 'Learning rate': 0.003, 'Warm-up': 10, 'Evaluate every': 30 });
  await page.screenshot({ path: info.outputPath('model.png'), fullPage: true });
  await expectAccessible(page, 'model');

  // Its tokenizer has what it is hidden by.
  await studio.goTo('Tokenizer');
  await page.getByText('Bytes', { exact: true }).click();
  await page.getByRole('button', { name: 'Train the tokenizer' }).click();
  await expect(studio.stages).toContainText('Bytes · 25');
  await page.screenshot({ path: info.outputPath('tokenizer.png'), fullPage: true });
  await studio.goTo('Model');
  await page.getByRole('button', { name: 'Start training' }).click();
  await studio.event(60, /Evaluated/);
  await expect(studio.strip.getByRole('button', { name: 'Start training' })).toBeVisible();
  await page.screenshot({ path: info.outputPath('train.png'), fullPage: true });
  await expectAccessible(page, 'train');

  const filled = async (): Promise<string[]> => {
    await studio.goTo('Playground');
    await page.getByRole('textbox', { name: 'Passage' }).fill('a w___e s___');
    await page.getByRole('button', { name: 'Fill', exact: true }).click();
    await page.getByRole('button', { name: /^Blank 2: / }).click();
    const pane = (name: string): Promise<string> => page.getByRole('region', { name }).innerText();
    return [await pane('Text'), await pane('Blank 2')];
  };
  const before = await filled();
  await page.screenshot({ path: info.outputPath('playground.png'), fullPage: true });
  await expectAccessible(page, 'playground');

  const zip = info.outputPath('model.zip');
  await studio.takeFolder(zip);
  await page.screenshot({ path: info.outputPath('export.png'), fullPage: true });
  await studio.bringAnew(zip, 'WASM');
  await expect(studio.strip).toContainText('step 60');
  expect(await filled()).toEqual(before);
  expect(studio.errors).toEqual([]);
});
