/** Playground: which run it shows, and how it follows generated text in a small window. */
import { expect, type Page, test } from '@playwright/test';
import { SEA, seeded } from '../seed';
import { Studio } from '../studio';

/** A finished run, and a stopped one, which is the project's current run. */
const RUNS = [{}, { recipe: { steps: 100_000, dropout: 0.2 }, stopAfter: 30 }] as const;

test('Playground shows the run chosen there or sent from Train, and keeps the text that it generated', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/playground', await seeded({ texts: [['Pasted text', SEA]], runs: RUNS }));
  await expect(page.getByText(/^Step 30 of/)).toBeVisible();
  await page.getByRole('button', { name: /Run$/ }).click();
  await page.getByRole('option').last().click();
  await expect(page.getByText(/^Step 20 of/)).toBeVisible();
  await studio.goTo('Train');
  await expect(studio.strip).toContainText('step 30');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Sample now' }).click();
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByText(/^All samples/).click();
  const samples = page.getByRole('list', { name: 'Samples' });
  await expect(samples).toContainText('on request');
  // A list that opens below the edge of the window scrolls into view.
  await expect(samples.getByRole('listitem').first()).toBeInViewport({ ratio: 1 });
  await page.getByRole('button', { name: 'Try another prompt…' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Prompt' }).fill('Below the sea ');
  await page.getByRole('button', { name: 'Sample now' }).click();
  await expect(samples).toContainText('Below the sea');
  await page
    .getByRole('button', { name: /^Try it/ })
    .first()
    .click();
  await expect(page.getByText(/^Step 30 of/)).toBeVisible();

  await page.setViewportSize({ width: 1024, height: 768 });
  await expect(studio.strip.getByRole('button', { name: /^Device/ })).toBeVisible();
  await expect(studio.strip.getByRole('button', { name: 'Find or run a command' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Prompt' }).fill('The sea is wide. '.repeat(400));
  await expect(page.getByText(/^Only about the last \d+ characters fit/)).toBeVisible();
  await studio.set({ Length: 60 });
  await page.getByRole('button', { name: 'Write', exact: true }).focus();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByText(/^60 tokens in/)).toBeVisible();
  await expect(page.getByRole('option').last()).toBeInViewport();
  await expect(page.getByText(/^Longest copied passage: ([1-9]\d* words?|none)$/)).toBeVisible();

  // Text stays after a reload, and after another run is chosen, with the model that wrote it.
  const tokens = page.getByRole('listbox', { name: 'Generated tokens' });
  const [prompt, text] = [await page.getByRole('textbox', { name: 'Prompt' }).inputValue(), await tokens.innerText()];
  await expect.poll(() => storedReason(page)).toBe('length');
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue(prompt);
  await expect(page.getByText(/^60 tokens in/)).toBeVisible();
  expect(await tokens.innerText()).toBe(text);
  await expect(page.getByText(/^Written by/)).toBeHidden();
  await page.getByRole('button', { name: /Run$/ }).click();
  await page.getByRole('option').last().click();
  await expect(page.getByText(/^Written by .+, step 30\. Write again/)).toBeVisible();
  expect(await tokens.innerText()).toBe(text);

  // A reload during generation keeps the text so far.
  await studio.set({ Length: 10_000 });
  await page.getByRole('textbox', { name: 'Prompt' }).fill('A new beginning');
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect.poll(() => storedReason(page)).toBe('stopped');
  await page.reload();
  await expect(page.getByText(/^Stopped after [\d,]+ tokens?/)).toBeVisible();
  await expect(page.getByText('A new beginning')).toHaveCount(2); // the prompt, and before the generated text
  expect(studio.errors).toEqual([]);
});

/** Ending of the text stored for the project; unfinished text counts as stopped. */
const storedReason = (page: Page): Promise<string | undefined> =>
  page.evaluate(async () => {
    const request = indexedDB.open('homegrown');
    await new Promise((resolve) => (request.onsuccess = resolve));
    const all = request.result
      .transaction('values')
      .objectStore('values')
      .getAll(IDBKeyRange.bound('written/', 'written0'));
    await new Promise((resolve) => (all.onsuccess = resolve));
    request.result.close();
    return (all.result as { outcome: { reason: string } }[])[0]?.outcome.reason;
  });
