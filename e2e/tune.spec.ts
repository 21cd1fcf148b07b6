/** From a base to a chat model: chats are pasted, previewed with their loss mask and trained with LoRA; export. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { CHATS, forgetting, withBase } from './chats';

test('LoRA on pasted chats: previewed before, evaluated after, chatted with, exported and imported', async ({
  page,
}, info) => {
  const studio = await withBase(page);
  await expect(page.getByRole('radio', { name: /step 20/ })).toBeChecked();
  await expect(studio.entry('Teach it more')).toHaveAttribute('aria-current', 'page');
  await expectAccessible(page, 'Tune, adapt, with nothing to learn');

  // By keyboard alone: the kind, the chats, and the start.
  await studio.tuningKinds.getByRole('link', { name: 'Instruct' }).focus();
  await page.keyboard.press('Enter');
  await expect(studio.tuningKinds.getByRole('link', { name: 'Instruct' })).toHaveAttribute('aria-current', 'page');
  await page.getByRole('button', { name: 'Paste…' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Chats' }).fill(CHATS);
  await page.getByRole('dialog').getByRole('button', { name: 'Add chats' }).focus();
  await page.keyboard.press('Enter');

  // Every token of the first conversations is marked as trained on or as context.
  const first = page.getByRole('region', { name: /^line 1 of Pasted chats/ });
  await expect(first).toContainText(/\d+ of \d+ tokens trained on/);
  await expect(page.getByText('1 to 3 of 32')).toBeVisible();
  const withLoss = first.locator('[class*=withLoss]');
  expect((await withLoss.allInnerTexts()).join('')).toContain('<|endoftext|>');
  const [answer, question] = [await withLoss.allInnerTexts(), await first.locator('[class*=read]').allInnerTexts()];
  expect(answer.join('')).toContain('A visit at sea.');
  expect(answer.join('')).not.toContain('gam?');
  expect(question.join('')).toContain('What is a gam?');
  await expect(page.getByText('Learns when to stop')).toBeVisible();
  await page.getByRole('button', { name: 'Next conversations' }).click();
  await expect(page.getByText('4 to 6 of 32')).toBeVisible();
  await page.getByText('Template', { exact: true }).click();
  await expect(page.getByRole('group', { name: 'Chat template' })).toContainText('messages');
  await page.getByText('Tokens', { exact: true }).click();
  await expect(page.getByText(/^[\d,]+ trainable of/)).toBeVisible();
  await expectAccessible(page, 'Tune, with the preview');

  await studio.set({ Steps: 40, 'Evaluate every': 20 });
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(forgetting(page)).toContainText(/Step \d+ of 40|old text/, { timeout: 120_000 });
  await expect(studio.strip).toContainText('Finished', { timeout: 240_000 });
  const rows = forgetting(page).getByRole('table', { name: 'Before and after' }).getByRole('row');
  await expect(rows.filter({ hasText: 'Old text' })).toContainText(/%/);
  await expect(rows.filter({ hasText: 'Chats' })).toContainText(/−[\d.]+ %/);
  await expect(studio.entry('Train')).toContainText(/step 40 · perplexity/);
  await expectAccessible(page, 'Tune, done');

  // The run is listed next to its base, and Train plots old text, too.
  await studio.goTo('Runs');
  await expect(studio.runs).toHaveCount(2);
  await page.getByRole('link', { name: 'Lineage' }).click();
  await expect(page.getByText(/fine-tuned/).first()).toBeVisible();
  await studio.goTo('Train');
  await page.getByText('More charts', { exact: true }).click();
  await expect(page.getByText('Perplexity of old text').first()).toBeVisible();

  await studio.goTo('Tune');
  await forgetting(page).getByRole('button', { name: 'Try it' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Playground' })).toBeVisible();
  // Chats use the training template: Enter sends, earlier messages are included, and another answer replaces the last.
  const message = page.getByRole('textbox', { name: 'Message', exact: true });
  const said = page.getByRole('list', { name: 'Messages' });
  const status = page.getByText(/^\d+ tokens?( in |, then the model ended its turn)/);
  await studio.set({ 'Maximum length': 12 });
  for (const [i, words] of ['What is a gam?', 'Who hunts?'].entries()) {
    await message.fill(words);
    await page.keyboard.press('Enter');
    await expect(message).toHaveValue('');
    await expect(status).toBeVisible({ timeout: 60_000 });
    await expect(said.getByText('You', { exact: true })).toHaveCount(i + 1);
  }
  await expectAccessible(page, 'Playground, chat');
  await page.getByRole('button', { name: 'Answer again' }).click();
  await expect(status).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('textbox', { name: 'Seed' })).toHaveValue('2');
  await page.getByRole('button', { name: 'New chat' }).click();
  await expect(said).toHaveText('Your messages and the answers appear here');
  await page.getByText('Continue text', { exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toBeVisible();

  // Mixes it with its base: each point is measured, and one is saved as a run.
  await studio.goTo('Tune');
  await page.getByRole('button', { name: 'Measure five points' }).click();
  await expect(page.getByText(/^At 70 %: old text [\d.,]+, chats [\d.,]+$/)).toBeVisible({
    timeout: 120_000,
  });
  await page.getByRole('button', { name: 'Save blend' }).click();
  await expect(page.getByText(/Saved .*\(70 % blend\)/)).toBeVisible({ timeout: 60_000 });
  await studio.goTo('Runs');
  await expect(studio.runs).toHaveCount(3);
  await studio.goTo('Tune');

  const zip = info.outputPath('tuned.zip');
  await studio.takeFolder(zip);
  await studio.bringAnew(zip, 'WASM');
  await expect(studio.stages).toContainText(/step 40/, { timeout: 60_000 });
  await studio.goTo('Tune');
  await expect(page.getByRole('radio', { name: /step 40/ })).toBeChecked();
  await expect(page.getByText("The base model's training text isn't here", { exact: false })).toBeVisible();
  expect(studio.errors).toEqual([]);
});
