/** Tune: a base is tuned on chats, and a tuning whose page closes resumes from its last checkpoint. */
import { expect, test, type Page } from '@playwright/test';
import { CHATS, forgetting, withBase } from '../chats';

test('an interrupted tuning resumes from its last checkpoint, and one that can’t start says why', async ({ page }) => {
  const studio = await withBase(page);
  await studio.tuningKinds.getByRole('link', { name: 'Instruct' }).click();
  // A single conversation can't be both trained on and held out; a row without a conversation is refused.
  await add(page, '{"messages": [{"role": "user", "content": "Hm?"}, {"role": "assistant", "content": "Ha."}]}');
  await expect(page.getByText('One conversation is too few')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start tuning' })).toHaveAttribute('aria-disabled', 'true');
  await add(page, CHATS);
  await expect(page.getByText('1 to 3 of 33')).toBeVisible();

  await studio.set({ Steps: 2000, 'Evaluate every': 20 });
  await page.getByText('Advanced', { exact: true }).click();
  await studio.set({ 'Save every': 10 });
  await page.getByRole('button', { name: /^Start tuning · \d/ }).click();
  await expect(forgetting(page)).toContainText(/Step [2-9]\d of 2,000/, { timeout: 240_000 });

  // The tab is closed during training.
  await page.reload();
  await studio.begun();
  const resume = page.getByRole('button', { name: /^Resume from step/ }).last();
  await expect(resume).toBeVisible();
  const from = Number(/step ([\d,]+)/.exec(await resume.innerText())![1]!.replace(',', ''));
  expect(from).toBeGreaterThanOrEqual(10);
  await resume.click();
  await expect(forgetting(page)).toContainText(new RegExp(`Step (?!${String(from)} )[\\d,]+ of 2,000`), {
    timeout: 240_000,
  });
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await expect(studio.strip).toContainText('Paused', { timeout: 120_000 });
  await expect(forgetting(page).getByRole('table', { name: 'Before and after' })).toContainText('Old text');
  expect(studio.errors).toEqual([]);
});

async function add(page: Page, chats: string): Promise<void> {
  await page.getByRole('button', { name: 'Paste…' }).click();
  await page.getByRole('textbox', { name: 'Chats' }).fill(chats);
  await page.getByRole('dialog').getByRole('button', { name: 'Add chats' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
}
