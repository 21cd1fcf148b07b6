/** An encoder-decoder by the same path: it learns spans that were taken out, answers, is taken as a folder and brought in again. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { SMALL, Studio } from './studio';

test('a T5 learns spans from a file, answers, and answers the same where its folder is brought in', async ({
  page,
}, info) => {
  const studio = new Studio(page);
  await studio.open();
  await studio.useDevice('WASM');
  await studio.choose('Choose files…', 'dist/samples/moby-dick.txt');
  await expect(studio.stages).toContainText('1.21 M characters');

  await studio.goTo('Model');
  await page.getByRole('radiogroup', { name: 'Architecture' }).getByText('T5', { exact: true }).click();
  await studio.set({ ...SMALL, Width: 32, Context: 32 });
  await studio.set({ Steps: 60, 'Learning rate': 0.003, 'Warm-up': 10, 'Evaluate every': 30 });
  await page.screenshot({ path: info.outputPath('model.png'), fullPage: true });
  await expectAccessible(page, 'model');
  await studio.goTo('Tokenizer');
  await page.getByText('Bytes', { exact: true }).click();
  await page.getByRole('button', { name: 'Train the tokenizer' }).click();
  await expect(studio.stages).toContainText(/Bytes · \d+ entries/);
  await page.screenshot({ path: info.outputPath('tokenizer.png'), fullPage: true });
  await studio.goTo('Model');
  await page.getByRole('button', { name: 'Start training' }).click();
  await studio.event(60, /Evaluated/);
  await expect(studio.strip.getByRole('button', { name: 'Start training' })).toBeVisible();
  await page.screenshot({ path: info.outputPath('train.png'), fullPage: true });
  await expectAccessible(page, 'train');

  const answered = async (): Promise<string> => {
    await studio.goTo('Playground');
    await page.getByRole('textbox', { name: 'Input' }).fill('The whale');
    await studio.set({ 'Longest output': 12 });
    // The likeliest answer of a model that has learnt so little may be none.
    await page.getByRole('radiogroup', { name: 'Answer by' }).getByText('Sample', { exact: true }).click();
    const answer = page.getByRole('button', { name: 'Answer', exact: true });
    await answer.click();
    await expect(page.getByText(/^\d+ tokens? in |then the model ended/)).toBeVisible();
    await expect(answer).toBeVisible(); // it is a Stop until then
    const text = await page.getByRole('listbox', { name: 'Tokens as written' }).innerText();
    expect(text).not.toBe('');
    return text;
  };
  const before = await answered();
  await page.screenshot({ path: info.outputPath('playground.png'), fullPage: true });
  await expectAccessible(page, 'playground');

  const zip = info.outputPath('model.zip');
  await studio.takeFolder(zip);
  await page.screenshot({ path: info.outputPath('export.png'), fullPage: true });
  await studio.bringAnew(zip, 'WASM');
  await expect(studio.strip).toContainText('step 60');
  expect(await answered()).toEqual(before);
  expect(studio.errors).toEqual([]);
});
