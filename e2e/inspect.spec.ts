/** Inspect: the loss of each token of a passage, by mouse and keyboard, with its table and CSV. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { SEA, seeded } from './seed';
import { Studio } from './studio';

const TEXTS = [['sea.txt', SEA]] as const;

test('a passage shows the surprisal, rank and alternatives of each token, by mouse, keyboard, table and CSV', async ({
  page,
}) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/inspect', await seeded({ texts: TEXTS, runs: [{}] }));
  const field = page.getByRole('textbox', { name: 'Passage' });
  const inspect = page.getByRole('button', { name: 'Inspect passage' });
  await field.fill('The whale');
  await inspect.click();
  const tokens = page.getByRole('listbox', { name: 'Tokens of the passage' });
  // Bytes: the first isn't predicted, and the last prediction has no true token.
  await expect(tokens.getByRole('option')).toHaveCount(9);
  await expectAccessible(page, 'Inspect, with a passage');

  await tokens.getByRole('option').nth(4).hover();
  await expect(page.getByRole('table', { name: 'Alternatives of prediction 5' })).toBeVisible();
  await studio.tabTo('listbox', /Tokens of the passage/);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  const pane = page.getByRole('table', { name: 'Alternatives of prediction 2' });
  await expect(pane.getByRole('row')).toHaveCount(11);
  await expect(page.getByRole('main')).toContainText(/Rank \d+, surprisal [\d.]+ bits, entropy [\d.]+ bits/);
  // One layer: a row of heads, the embedding and the layer, whose prediction is the output's.
  const lens = page.getByRole('table', { name: 'Logit lens of prediction 2' });
  await expect(lens.getByRole('row')).toHaveCount(3);
  await expect(lens.getByRole('row').last().getByRole('cell').last()).toHaveText('0');

  await page.getByRole('button', { name: 'Show table, Surprisal of each token' }).click();
  await expect(page.getByRole('table', { name: 'Surprisal of each token' }).getByRole('row')).toHaveCount(10);
  await expectAccessible(page, 'Inspect, table');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV, Surprisal of each token' }).click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines).toHaveLength(10);
  expect(lines[1]).toMatch(/^0,h,[\d.e-]+,\d+,[\d.]+,/);

  await field.fill('The whale is white. The whale');
  await inspect.click();
  await expect(page.getByRole('main')).toContainText('Cut 13 tokens that don’t fit into the context');
  await field.fill('');
  await inspect.click();
  await expect(page.getByRole('main')).toContainText(
    'The prompt is empty: it has no tokens. Enter at least one character.',
  );
  await expectAccessible(page, 'Inspect, refused');
  expect(studio.errors).toEqual([]);
});
