/** Encoder and encoder-decoder models: in Playground, and on the offline page on a phone, by touch. */
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { expect, test, type Page } from '@playwright/test';
import { template } from '../scripts/templates';
import { unwatched } from '../src/core/base/job';
import type { Exported } from '../src/core/export/format';
import { html } from '../src/core/export/formats/html/format';
import { huggingFaceFiles } from '../src/core/export/formats/huggingFace/write';
import { readBytes } from '../src/core/files/byteSource';
import { zipped } from '../src/core/files/zip';
import { untrainedBert, untrainedT5 } from '../src/testing/untrainedModels';
import { COLORS, expectAccessible } from './axe';
import { Studio } from './studio';

async function bringIn(page: Page, model: Exported): Promise<Studio> {
  const studio = new Studio(page);
  await studio.openOnWasm('/export');
  const zip: Uint8Array[] = [];
  for await (const piece of zipped(huggingFaceFiles(model, { withOptimizer: false }), unwatched)) zip.push(piece);
  await studio.importModel({
    name: 'model.zip',
    mimeType: 'application/zip',
    buffer: Buffer.concat(zip),
  });
  await expect(studio.use('Hugging Face folder')).toBeEnabled();
  await studio.goTo('Playground');
  return studio;
}

test('Playground fills blanks: each can be selected, and another word chosen, by keyboard too', async ({ page }) => {
  const studio = await bringIn(page, await untrainedBert());
  const fill = page.getByRole('button', { name: 'Fill', exact: true });
  await page.getByRole('textbox', { name: 'Passage' }).fill('It was');
  await fill.click();
  await expect(page.getByText('Type ___ for a blank first')).toBeVisible();
  await page.getByRole('button', { name: 'Blank at the end' }).click();
  await page.getByRole('textbox', { name: 'Passage' }).press('End');
  await page.getByRole('textbox', { name: 'Passage' }).pressSequentially(' and [MASK].');
  await expect(page.getByText('2 blanks', { exact: true })).toBeVisible();
  await fill.click();
  await expect(page.getByText(/^2 blanks in/)).toBeVisible();

  const second = page.getByRole('button', { name: /^Blank 2: / });
  const before = await second.innerText();
  await second.focus();
  await page.keyboard.press('Enter');
  await expect(second).toHaveAttribute('aria-pressed', 'true');
  const table = page.getByRole('table', { name: 'Alternatives of blank 2' });
  await expect(table.getByRole('row')).toHaveCount(13);
  await expectAccessible(page, 'blanks');
  await table.getByRole('button', { name: 'Use' }).first().click();
  expect(await second.innerText()).not.toBe(before);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page, 'blanks, dark', COLORS);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page, 'blanks, phone');
  expect(studio.errors).toEqual([]);
});

test('Playground answers: greedily, by beam search, and by sampling', async ({ page }) => {
  const studio = await bringIn(page, await untrainedT5());
  await page.getByRole('textbox', { name: 'Input' }).fill('the whale');
  const answer = page.getByRole('button', { name: 'Answer', exact: true });
  const answered = async (): Promise<string> => {
    await answer.click();
    await expect(answer).toBeVisible();
    await expect(page.getByText(/^\d+ tokens? in |then the model ended/)).toBeVisible();
    return page.getByRole('listbox', { name: 'Generated tokens' }).innerText();
  };
  await studio.set({ 'Maximum length': 12 });
  const likeliest = await answered();
  expect(await answered()).toBe(likeliest);
  await page.getByRole('radiogroup', { name: 'Decoding' }).getByText('Beam search', { exact: true }).click();
  await studio.set({ Beams: 3 });
  await answered();
  await page.getByRole('option').first().click();
  await expect(page.getByRole('table', { name: 'Alternatives of token 1' })).toBeVisible();
  await expectAccessible(page, 'answer');
  await page.getByRole('radiogroup', { name: 'Decoding' }).getByText('Sample', { exact: true }).click();
  await studio.set({ Seed: 5 });
  await answered();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page, 'answer, phone, dark');
  expect(studio.errors).toEqual([]);
});

test.describe('the offline page on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  async function open(page: Page, path: string, model: Exported): Promise<string[]> {
    const [file] = await html.files(model, { withOptimizer: false, template });
    await writeFile(path, await readBytes(file!));
    const wrong: string[] = [];
    await page.context().setOffline(true);
    page.on('console', (message) => {
      if (message.type() === 'error') wrong.push(message.text());
    });
    page.on('pageerror', (error) => wrong.push(error.message));
    await page.goto(pathToFileURL(path).href);
    await expect(page.locator('#status')).toContainText('Ready');
    return wrong;
  }

  test('fills blanks', async ({ page }, info) => {
    const wrong = await open(page, info.outputPath('bert.html'), await untrainedBert());
    const passage = page.getByRole('textbox', { name: 'Passage' });
    await passage.fill('It was ');
    await page.getByRole('button', { name: 'Add ___' }).tap();
    await passage.pressSequentially(' and');
    await page.getByRole('button', { name: 'Add ___' }).tap();
    await expect(passage).toHaveValue('It was ___ and___');
    await expect(page.locator('#settings')).toBeHidden();
    await page.getByRole('button', { name: 'Fill' }).tap();
    await expect(page.locator('#status')).toContainText('2 blanks filled');
    const first = page.getByRole('button', { name: /^Blank 1: / });
    const before = await first.innerText();
    await first.tap();
    await expect(page.getByRole('heading', { name: 'Blank 1' })).toBeVisible();
    await expectAccessible(page, 'filled');
    await page.getByRole('button', { name: /^Use / }).nth(1).tap();
    expect(await first.innerText()).not.toBe(before);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page, 'filled, dark', COLORS);
    await passage.fill('no blank');
    await page.getByRole('button', { name: 'Fill' }).tap();
    await expect(page.getByRole('alert')).toContainText('The passage has no blank to fill.');
    expect(wrong).toEqual([]);
  });

  test('answers', async ({ page }, info) => {
    const wrong = await open(page, info.outputPath('t5.html'), await untrainedT5());
    await page.getByRole('textbox', { name: 'Input' }).fill('the whale');
    await page.locator('#settings > summary').tap();
    await page.getByRole('spinbutton', { name: 'Length' }).fill('8');
    await page.getByRole('button', { name: 'Answer' }).tap();
    await expect(page.locator('#status')).toContainText('tokens');
    await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
    await expectAccessible(page, 'answered');
    expect(wrong).toEqual([]);
  });
});
