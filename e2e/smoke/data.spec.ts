/** Data: how whole documents are packed into rows, as Data, Model and Train report it. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from '../axe';
import { SMALL, Studio } from '../studio';

test('several files become whole documents: Data, Model and the start show what is cut and padded', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.openOnWasm();
  const files = Array.from({ length: 40 }, (_, i) => ({
    name: `log-${i}.txt`,
    mimeType: '',
    buffer: Buffer.from(`Day ${i}. We sailed ${'on and '.repeat((i * 7) % 11)}on.`),
  }));
  await studio.choose('Choose files…', files);
  await expect(studio.stages).toContainText('characters');
  await studio.goTo('Tokenizer');
  await page.getByText('Bytes', { exact: true }).click();
  await studio.goTo('Model');
  await studio.set({ ...SMALL, Context: 64, Steps: 20, 'Warm-up': 2, 'Evaluate every': 10 });
  const seldom = page.getByText('Advanced', { exact: true }).last();
  await seldom.click();
  await page.getByRole('button', { name: /. Packing$/ }).click();
  await page.getByRole('option', { name: /^Whole documents/ }).click();

  await studio.goTo('Data');
  await page.getByRole('button', { name: 'Build tokens' }).first().click();
  const words =
    /^\d+ documents, \d+ cut into \d+ pieces for a context of 64: packed into (\d+) rows, [\d.]+ % padding\.$/;
  const shown = await page.getByText(words).innerText();
  const rows = words.exec(shown)![1]!;
  await expect(page.getByText(`Your 20 steps read all ${rows} rows`)).toBeVisible();
  await studio.goTo('Model');
  await expect(page.getByText('Some texts are longer than the context')).toBeVisible();
  await expect(page.getByText(shown)).toBeVisible();
  await expectAccessible(page, 'rows of documents on Model');
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(page.getByText(shown)).toBeVisible();
  await studio.event(20, /Evaluated/);
  await studio.goTo('Playground');
  await page.getByRole('textbox', { name: 'Prompt' }).fill('Day ');
  await studio.set({ Length: 8 });
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  await expect(page.getByText(/^8 tokens in /)).toBeVisible();
  expect(studio.errors).toEqual([]);
});
