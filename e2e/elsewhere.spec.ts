/** A folder saved by transformers (oracles/made_for_e2e.py): previewed, imported, chatted with, and trained on. */
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { Studio, talk } from './studio';

const FILES = ['config.json', 'generation_config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];

test('a folder saved by transformers is previewed, imported with a shorter context, chatted with and trained on', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.openOnWasm();
  const files = FILES.map((name) => `e2e/byTransformers/${name}`);
  const seen = page.getByRole('region', { name: 'Model to import' });

  await studio.dropFiles(files);
  await expect(page).toHaveURL(/\/export$/);
  await expect(page.getByRole('button', { name: 'Add text…' })).toBeHidden(); // the next action is to import it
  await expect(seen).toBeFocused();
  await expect(seen).toContainText('Llama: layers 1, heads 2, key-value heads 1, width 16');
  await expect(seen).toContainText('300 entries, 3 of them special; splits like smollm');
  await expect(seen).toContainText('1,024 tokens of its 4,096');
  await expectAccessible(page, 'Export, with a model to be taken');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(seen).toBeHidden();
  await expect(page.getByRole('button', { name: 'Add text…' })).toBeVisible();

  await studio.goTo('Text');
  await studio.dropFiles(files, 'paste');
  await expect(seen).toBeFocused();
  await page.getByRole('button', { name: 'Cancel' }).click();

  await studio.goTo('Text');
  await studio.choose('Choose files…', files);
  await seen.getByRole('radiogroup', { name: 'Context' }).getByText('512', { exact: true }).click();
  await expect(seen).toContainText('512 tokens of its 4,096');
  await page.getByRole('button', { name: 'Import model' }).click();
  await expect(studio.strip).toContainText('step 0');
  await studio.goTo('Playground');
  await talk(studio);

  await studio.goTo('Text');
  await studio.paste('The sea is wide and the whale is white. '.repeat(1000));
  await studio.goTo('Train');
  await page.getByRole('button', { name: 'Resume from step 0' }).click();
  await expect(studio.strip).toContainText(/step [1-9]/, { timeout: 300_000 });
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await expect(page.getByRole('button', { name: /^Resume from step [1-9]/ }).first()).toBeVisible();
  expect(studio.errors).toEqual([]);
});
