/** Records that cannot be read, and two tabs over one store. */
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe';
import { Studio } from './studio';

const PROSE = 'The whale is large, and the sea is wide. '.repeat(300);
/** Trains in seconds on WASM. */
const SMALL = { Layers: 1, Heads: 2, Width: 16, Context: 16, Batch: 4, 'Warm-up': 2, 'Evaluate every': 20 } as const;

/** A text is pasted, settings are small, and the device is WASM; nothing has been trained. */
async function prepared(page: Page, settings: Readonly<Record<string, number>>): Promise<Studio> {
  const studio = new Studio(page);
  await studio.open('/model');
  await studio.useDevice('WASM');
  await page.getByText('Seldom changed').click();
  await studio.set({ ...SMALL, ...settings });
  await studio.goTo('Text');
  await page.getByRole('button', { name: 'Paste text…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').first().fill(PROSE);
  await dialog.getByRole('button', { name: /^Add/ }).click();
  await expect(studio.stages).toContainText('characters');
  return studio;
}

test('what is damaged or newer is told, left as it is and handed over raw, and everything else works', async ({
  page,
}) => {
  test.setTimeout(400_000);
  const studio = await prepared(page, { Steps: 40, 'Save every': 10 });
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(studio.strip).toContainText('Finished', { timeout: 200_000 });

  const [head] = await studio.keys('heads/');
  const runId = head!.slice('heads/'.length);
  await studio.damage('texts/torn', 'half a rec');
  await studio.damage('runs-index/newer', { version: 99, id: 'newer' });
  const [text] = await studio.keys('texts/');
  await page.reload();
  await expect(page.getByText('2 things that are stored cannot be read')).toBeVisible();
  await expect(studio.strip).toContainText('step 40');

  // A changed part shows only when it is read.
  const [part] = await studio.keys(`runs/${runId}/40.`);
  await studio.flip(part!);
  await studio.goTo('Playground');
  await page.getByRole('button', { name: 'Write', exact: true }).click();
  const told = page.getByText('Step 40 cannot be opened').first();
  await expect(told).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/Step (20|30|39) is used instead/)).toBeVisible();
  await expect(studio.strip).not.toContainText('step 40');

  await expect(page.getByText('3 things that are stored cannot be read')).toBeVisible();
  await page.getByRole('button', { name: 'Show…' }).focus();
  await page.keyboard.press('Enter');
  const list = page.getByRole('dialog', { name: 'What cannot be read' });
  await expect(list).toContainText('made by a newer Homegrown');
  await expectAccessible(page, 'what cannot be read');
  const download = page.waitForEvent('download');
  await list.getByRole('button', { name: /^Download A saved step/ }).click();
  expect((await download).suggestedFilename()).toMatch(/^homegrown-manifests-.*\.zip$/);
  await page.keyboard.press('Escape');

  // A project that a newer version made: the app opens another one beside it.
  const newer = { version: 99, name: 'From tomorrow' };
  await studio.damage('projects/first', newer);
  await page.reload();
  await expect(page.getByText('4 things that are stored cannot be read')).toBeVisible();
  await studio.rename('Today');
  await expect.poll(() => studio.keys('projects/')).toHaveLength(2);
  expect(await studio.stored('projects/first')).toEqual(newer);
  expect(await studio.stored('texts/torn')).toBe('half a rec');
  expect(await studio.keys('texts/')).toEqual([text, 'texts/torn'].sort());
  expect(studio.errors).toEqual([]);
});

test('two tabs keep each other’s changes, and only one trains', async ({ page, context }) => {
  test.setTimeout(400_000);
  const first = await prepared(page, { Steps: 100_000, 'Save every': 20 });
  const other = await context.newPage();
  const second = new Studio(other);
  await second.open('/model');
  // Both change a setting at once.
  await Promise.all([first.goTo('Model'), second.goTo('Model')]);
  await Promise.all([first.set({ Batch: 5 }), second.set({ 'Learning rate': 0.002 })]);
  for (const studio of [first, second]) {
    await expect(studio.field('Batch')).toHaveValue('5');
    await expect(studio.field('Learning rate')).toHaveValue('0.002');
  }
  await expect(other.getByText('The project changed in another tab')).toBeVisible();

  await page.getByRole('button', { name: 'Start training' }).click();
  await first.event(20, /Saved/);
  await expect(other.getByText('A run is being trained in another tab').first()).toBeVisible();
  await second.set({ 'Learning rate': 0.003 });
  const { runId } = (await first.stored('projects/first')) as { runId: string };
  expect(runId).toMatch(/\w/);
  const begin = other.getByRole('banner').getByRole('button', { name: /Start training|Resume/ });
  await expect(begin).toHaveAttribute('aria-disabled', 'true');
  await begin.click({ force: true });
  await expect(second.strip).toContainText('in another tab');
  await expectAccessible(other, 'another tab trains');
  expect(await second.stored('projects/first')).toMatchObject({ runId, recipe: { batch: 5, learningRate: 0.003 } });

  // The tab that trains dies without a word; its lock is free at once.
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
  await expect(other.getByText('It goes on there')).toBeHidden();
  await other.getByRole('banner').getByRole('button', { name: 'Resume' }).click();
  await expect(second.strip).toContainText('Training', { timeout: 60_000 });
  await other.getByRole('button', { name: 'Stop and save' }).click();
  await expect(second.strip).toContainText('Stopped', { timeout: 60_000 });
  expect(second.errors).toEqual([]);
});
