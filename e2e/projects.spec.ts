/** Several projects: their menu, their addresses, texts that two of them have, two tabs on two, and deleting everything. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { SMALL, Studio } from './studio';

const WHALE = 'The whale is large, and the sea is wide. '.repeat(300);
const BIRD = 'An albatross follows the ship, and the ship the wind. '.repeat(300);
/** Trains in seconds on WASM. */
const SETTINGS = { ...SMALL, 'Warm-up': 2, 'Evaluate every': 20 } as const;

test('projects are begun, renamed, opened, copied and deleted; each has its address, and a text can be in two', async ({
  page,
  context,
}) => {
  const studio = new Studio(page);
  await studio.open('/text'); // as addresses were when there was one
  await expect(page).toHaveURL(/\/p\/first\/text$/);
  await studio.paste(WHALE);
  await studio.rename('Whales');

  await studio.inProjects('New project');
  await expect(page).not.toHaveURL(/\/p\/first\//);
  await expect(page.getByText('Grow a language model from your own text')).toBeVisible();
  const id = /\/p\/([^/]+)\/text$/.exec(page.url())![1]!;
  await studio.paste(BIRD);
  await studio.paste(WHALE); // it is the other project's: no room is taken twice
  await studio.rename('Birds');
  await expect(page.getByRole('row', { name: /Pasted text/ })).toHaveCount(2);
  await expect.poll(() => studio.keys('texts/')).toHaveLength(2);

  // The menu by keyboard alone, with sizes.
  await studio.project.focus();
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu');
  await expect(menu.getByRole('menuitemradio', { name: 'Birds' })).toBeChecked();
  await expect(menu.getByRole('menuitemradio', { name: 'Whales' })).toContainText(/1 text/);
  await expectAccessible(page, 'the menu of projects');
  await page.keyboard.type('Wha');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/p\/first\/text$/);
  await expect(page.getByRole('row', { name: /Pasted text/ })).toHaveCount(1);

  // Where a text is looked at it is taken out of another project, and put back.
  const projects = page.getByRole('button', { name: /^Projects of Pasted text/ });
  await expect(projects).toHaveText('In 2 projects');
  await projects.click();
  const inBirds = menu.getByRole('menuitemcheckbox', { name: 'Birds' });
  await expect(inBirds).toBeChecked();
  await expectAccessible(page, 'the projects of a text');
  await inBirds.press('Space');
  await expect(inBirds).not.toBeChecked();
  await inBirds.press('Space');
  await expect(inBirds).toBeChecked();
  await page.keyboard.press('Escape');

  // By address, in another tab, back and forward, and from the palette.
  const other = await context.newPage();
  const second = new Studio(other);
  await second.open(`/p/${id}/model`);
  await expect(second.project).toHaveText('Birds');
  await other.close();
  await page.goBack();
  await expect(studio.project).toHaveText('Birds');
  await page.goForward();
  await expect(studio.project).toHaveText('Whales');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('open birds');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/p/${id}/text$`));

  // Settings are each project's own, and a copy has all but the runs.
  await studio.goTo('Model');
  await studio.set({ Batch: 7 });
  await studio.inProjects('Duplicate the project');
  await expect(studio.project).toHaveText('Birds, copy');
  await expect(studio.field('Batch')).toHaveValue('7');
  await studio.inProjects('Whales');
  await expect(studio.field('Batch')).not.toHaveValue('7');
  await studio.goTo('Text');

  // Deleted, brought back, deleted for good: what another project has too stays.
  await studio.inProjects('Birds, copy');
  await studio.inProjects('Delete the project');
  await expect(studio.project).not.toHaveText('Birds, copy');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(studio.project).toHaveText('Birds, copy');
  for (const [name, texts] of [
    ['Birds, copy', 2],
    ['Birds', 1],
  ] as const) {
    await studio.inProjects(name);
    await studio.inProjects('Delete the project');
    await expect(studio.project).not.toHaveText(name);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect.poll(() => studio.keys('texts/')).toHaveLength(texts);
  }
  await expect.poll(() => studio.keys('projects/')).toEqual(['projects/first']);
  await page.goto(`/p/${id}/data`);
  await expect(page.getByText('There is no such project here')).toBeVisible();
  await expect(page).toHaveURL(/\/p\/first\/data$/);
  expect(studio.errors).toEqual([]);
});

test('two tabs on two projects: what is changed in each is kept, while a run trains in one', async ({
  page,
  context,
}) => {
  const first = new Studio(page);
  await first.open('/model');
  await first.useDevice('WASM');
  await page.getByText('Seldom changed').click();
  await first.set({ ...SETTINGS, Steps: 100_000, 'Save every': 20 });
  await first.goTo('Text');
  await first.paste(WHALE);
  await first.rename('Whales');
  const other = await context.newPage();
  const second = new Studio(other);
  await second.open('/text');
  await second.inProjects('New project');
  await second.paste(BIRD);
  await second.goTo('Model');

  await page.getByRole('button', { name: 'Start training' }).click();
  await first.event(20, /Saved/);
  await second.set({ Batch: 5, 'Learning rate': 0.003 });
  await second.rename('Birds');
  await first.rename('Great whales'); // its settings stand while it trains
  const [birds] = (await first.keys('projects/')).filter((key) => key !== 'projects/first');
  await expect
    .poll(() => first.stored(birds!))
    .toMatchObject({ name: 'Birds', runId: null, recipe: { batch: 5, learningRate: 0.003 } });
  await expect.poll(() => first.stored('projects/first')).toMatchObject({ name: 'Great whales', recipe: { batch: 4 } });
  expect(await second.stored('projects/first')).toMatchObject({ runId: expect.any(String) });
  await page.getByRole('button', { name: 'Stop and save' }).click();
  await expect(first.strip).toContainText('Stopped', { timeout: 60_000 });
  // The other project has no run of it.
  await expect(second.stages).toContainText('no run yet');
  expect([...first.errors, ...second.errors]).toEqual([]);
});

test('deleting everything tells what goes, and leaves nothing on the disk', async ({ baseURL }, info) => {
  const profile = info.outputPath('profile');
  const { executablePath, args } = info.project.use.launchOptions ?? {};
  const launch = () =>
    chromium.launchPersistentContext(profile, {
      baseURL: baseURL!,
      ...(executablePath !== undefined && { executablePath }),
      args: args ?? [],
    });
  const sentinel = 'Zq8vKx2mWbTy4LcP';
  let context = await launch();
  let page = await context.newPage();
  let studio = new Studio(page);
  await studio.open('/text');
  await studio.paste(`${sentinel} ${WHALE}`);
  await studio.rename(`${sentinel} whales`);
  await page.getByRole('button', { name: 'Light or dark' }).click();
  await expect.poll(() => studio.stored('projects/first')).toMatchObject({ name: `${sentinel} whales` });
  await context.close();
  expect(filesWith(profile, sentinel)).not.toEqual([]); // else the check below would be none

  // What was written in an earlier session, and what in this one; another tab is open.
  context = await launch();
  page = await context.newPage();
  studio = new Studio(page);
  await studio.open('/data');
  const second = new Studio(await context.newPage());
  await second.open('/text');
  await studio.rename(`${sentinel} seas`);
  await studio.inProjects('Delete everything of mine…');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Texts');
  await expect(dialog).toContainText('cannot be undone');
  await expectAccessible(page, 'deleting everything');
  await dialog.getByRole('button', { name: 'Delete everything' }).click();
  for (const each of [studio, second]) {
    await expect(each.page.getByText('Grow a language model from your own text')).toBeVisible({ timeout: 60_000 });
    await expect(each.project).toHaveText('Untitled');
  }
  await expect(page.getByText('Everything of yours was deleted')).toBeVisible();
  // The device is asked about again at once; nothing else is there.
  expect((await studio.keys('')).filter((key) => !/^device/.test(key))).toEqual([]);
  expect(await page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage)])).toEqual([[], []]);
  await context.close();
  expect(filesWith(profile, sentinel)).toEqual([]);
  expect(studio.errors).toEqual([]);
});

/**
 * Files of a browser's own that hold these words, in one byte a character or in two. Not those in which it notes what was
 * typed into open tabs, to restore them after a crash: no page can reach them.
 */
function filesWith(profile: string, words: string): string[] {
  const files = readdirSync(profile, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.includes('/Sessions/'))
    .filter((path) => [words, Buffer.from(words, 'utf16le')].some((each) => readFileSync(path).includes(each)));
}
