/** Several projects: menu, URLs, shared texts, runs, two tabs, and deleting everything. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, expect, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { SMALL, Studio } from './studio';

const WHALE = 'The whale is large, and the sea is wide. '.repeat(300);
const BIRD = 'An albatross follows the ship, and the ship the wind. '.repeat(300);
/** Settings that train in seconds on WASM. */
const SETTINGS = { ...SMALL, 'Warm-up': 2, 'Evaluate every': 20 } as const;

test('projects are created, renamed, opened, copied and deleted; each has its URL, and two can share a text', async ({
  page,
  context,
}) => {
  const studio = new Studio(page);
  await studio.openOnWasm('/text'); // a URL from before there were several projects
  await expect(page).toHaveURL(/\/p\/first\/text$/);
  await studio.paste(WHALE);
  await studio.rename('Whales');

  await studio.inProjects('New project');
  await expect(page).not.toHaveURL(/\/p\/first\//);
  await expect(page.getByText('Train a language model on your own text')).toBeVisible();
  const id = /\/p\/([^/]+)\/text$/.exec(page.url())![1]!;
  await studio.paste(BIRD);
  await studio.paste(WHALE); // the text is shared with the other project, and stored once
  await studio.rename('Birds');
  await expect(page.getByRole('row', { name: /Pasted text/ })).toHaveCount(2);
  await expect.poll(() => studio.keys('texts/')).toHaveLength(2);

  // The menu by keyboard alone, with storage sizes.
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

  // The preview of a text removes it from another project, and adds it again.
  const projects = page.getByRole('button', { name: /^Projects that use Pasted text/ });
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

  // Opened by URL, in another tab, back and forward, and from the palette.
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

  // Each project has its own settings, and a copy has everything except the runs.
  await studio.goTo('Model');
  await studio.set({ Batch: 7 });
  await studio.inProjects('Duplicate project');
  await expect(studio.project).toHaveText('Birds copy');
  await expect(studio.field('Batch')).toHaveValue('7');
  await studio.inProjects('Whales');
  await expect(studio.field('Batch')).not.toHaveValue('7');
  await studio.goTo('Text');

  // Deleted, restored, then deleted permanently: shared texts stay.
  await studio.inProjects('Birds copy');
  await studio.inProjects('Delete project');
  await expect(studio.project).not.toHaveText('Birds copy');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(studio.project).toHaveText('Birds copy');
  for (const [name, texts] of [
    ['Birds copy', 2],
    ['Birds', 1],
  ] as const) {
    await studio.inProjects(name);
    await studio.inProjects('Delete project');
    await expect(studio.project).not.toHaveText(name);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect.poll(() => studio.keys('texts/')).toHaveLength(texts);
  }
  await expect.poll(() => studio.keys('projects/')).toEqual(['projects/first']);
  await page.goto(`/p/${id}/data`); // an old URL
  await expect(page.getByText('There is no such project here')).toBeVisible();
  await expect(page).toHaveURL(/\/p\/first\/tokens\?part=data$/);
  expect(studio.errors).toEqual([]);
});

test('two projects, two tabs and three runs: one forked, one restored, one imported; deleting all leaves nothing on disk', async ({
  baseURL,
}, info) => {
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
  let first = new Studio(page);
  await first.openOnWasm('/model');
  await page.getByRole('region', { name: 'Training' }).getByText('Advanced', { exact: true }).click();
  await first.set({ ...SETTINGS, Steps: 20, 'Save every': 20 });
  await first.goTo('Text');
  await first.paste(`${sentinel} ${WHALE}`);
  await first.rename(`${sentinel} whales`);
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(first.strip).toContainText('Finished', { timeout: 120_000 });

  // Another project in another tab; a fork trains in this one, and changes in either are kept.
  let other = await context.newPage();
  let second = new Studio(other);
  await second.open('/text');
  await second.inProjects('New project');
  await expect(second.project).toHaveText('Untitled'); // a dialog opened earlier would close with the old project
  await second.paste(`${sentinel} ${BIRD}`);
  await second.goTo('Model');
  await first.goTo('Runs');
  await page.getByRole('button', { name: 'Fork step 20' }).click();
  await first.set({ Name: 'bold', Steps: 100_000 });
  await page.getByRole('button', { name: /^Fork and train 99,980 steps/ }).click();
  await first.event(40, /Saved/);
  await second.set({ Batch: 5, 'Learning rate': 0.003 });
  await second.rename('Birds');
  await first.rename('Whales'); // settings can change while it trains
  const [birds] = (await first.keys('projects/')).filter((key) => key !== 'projects/first');
  await expect
    .poll(() => first.stored(birds!))
    .toMatchObject({ name: 'Birds', runId: null, recipe: { batch: 5, learningRate: 0.003 } });
  await expect.poll(() => first.stored('projects/first')).toMatchObject({ name: 'Whales', recipe: { batch: 4 } });
  await expect(second.entry('Train')).toHaveText('Train'); // the other project has no run

  // Two tabs on one project: simultaneous changes are kept, and only one tab trains.
  await second.inProjects('Whales');
  await expect(second.stages).toContainText('2 runs');
  await expect(other.getByText('Training in another tab').first()).toBeVisible();
  await Promise.all([first.goTo('Model'), second.goTo('Model')]);
  await Promise.all([first.set({ Batch: 6 }), second.set({ 'Learning rate': 0.002 })]);
  for (const studio of [first, second]) {
    await expect(studio.field('Batch')).toHaveValue('6');
    await expect(studio.field('Learning rate')).toHaveValue('0.002');
  }
  await expect(other.getByText('The project changed in another tab')).toBeVisible();
  await second.set({ Dropout: 0.1 });
  const { runId } = (await first.stored('projects/first')) as { runId: string };
  const begin = other.getByRole('banner').getByRole('button', { name: 'Resume' });
  await expect(begin).toHaveAttribute('aria-disabled', 'true');
  await begin.click({ force: true });
  await expect(second.strip).toContainText('in another tab');
  await expectAccessible(other, 'another tab trains');
  await expect
    .poll(() => second.stored('projects/first'))
    .toMatchObject({ runId, recipe: { batch: 6, learningRate: 0.002, dropout: 0.1 } });
  expect(await second.stored(`runs-index/${runId}`)).toMatchObject({ name: 'bold', parent: { step: 20, how: 'fork' } });
  expect(first.errors).toEqual([]);

  // The training tab crashes; its lock is free at once, and the fork resumes here.
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
  await expect(other.getByText('The run appears here when it ends')).toBeHidden();
  await other.getByRole('banner').getByRole('button', { name: 'Resume' }).click();
  await expect(second.strip).toContainText('Training', { timeout: 60_000 });
  await other.getByRole('button', { name: 'Stop and save' }).click();
  await expect(second.strip).toContainText('Paused', { timeout: 60_000 });

  // The fork's export is imported into the other project as a new run, which names its origin.
  await second.goTo('Export');
  const download = await second.exportAs('Hugging Face folder');
  const zip = info.outputPath('bold.zip');
  await download.saveAs(zip);
  await second.inProjects('Birds');
  await expect(second.project).toHaveText('Birds'); // files chosen earlier would go to the previous project
  await second.importModel(zip);
  await expect(second.stages).toContainText('1 run');
  await second.goTo('Runs');
  await expect(second.runs).toContainText('bold');
  const kin = other.getByRole('list', { name: 'Lineage of this run' });
  await expect(kin).toHaveText(/bold imported from a file[\d,]+bold imported$/);

  // A deleted run is restored in full; its fork remains after it is deleted permanently.
  await second.inProjects('Whales');
  await expect(second.runs).toHaveCount(2);
  const saved = (await second.keys('runs/')).length;
  const deleteParent = async (answer: 'Undo' | 'Dismiss'): Promise<void> => {
    await second.chooseRun(second.runs.filter({ hasNotText: 'bold' }));
    await second.runMenu(/^Delete run/);
    await expect(second.runs).toHaveCount(1);
    const notes = other.getByRole('region', { name: 'Notifications' }).locator('> div');
    await notes
      .filter({ hasText: /deleted/ })
      .getByRole('button', { name: answer })
      .click();
  };
  await deleteParent('Undo');
  await expect(second.runs).toHaveCount(2);
  expect(await second.keys('runs/')).toHaveLength(saved);
  await deleteParent('Dismiss');
  await expect.poll(async () => (await second.keys('runs/')).length).toBeLessThan(saved);
  await other.reload();
  await expect(second.runs).toHaveCount(1);
  await expect(kin).toHaveText(/deleted20bold fork$/); // its different settings are unknown
  await other.getByRole('button', { name: 'Switch light or dark' }).click();
  expect(second.errors).toEqual([]);
  await context.close();
  expect(filesWith(profile, sentinel)).not.toEqual([]); // proves that the check below can fail

  // Everything is deleted: data of earlier sessions and of this one, while another tab is open.
  context = await launch();
  page = await context.newPage();
  first = new Studio(page);
  await first.open('/data');
  other = await context.newPage();
  second = new Studio(other);
  await second.open('/text');
  await first.rename(`${sentinel} seas`);
  await first.inProjects('Delete all my data…');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Texts');
  await expect(dialog).toContainText('can’t be undone');
  await expectAccessible(page, 'deleting everything');
  await dialog.getByRole('button', { name: 'Delete all data' }).click();
  await expect(page.getByText('All your data was deleted')).toBeVisible({ timeout: 60_000 });
  for (const each of [first, second]) {
    await expect(each.page.getByText('Train a language model on your own text')).toBeVisible({ timeout: 60_000 });
    await expect(each.project).toHaveText('Untitled');
  }
  // The device is detected again at once; nothing else is stored.
  expect((await first.keys('')).filter((key) => !/^device/.test(key))).toEqual([]);
  expect(await page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage)])).toEqual([[], []]);
  await context.close();
  expect(filesWith(profile, sentinel)).toEqual([]);
  expect([...first.errors, ...second.errors]).toEqual([]);
});

/**
 * Files of the browser's profile that contain these words, in one or two bytes per character. Excludes session-restore
 * files, where the browser keeps typed text for crash recovery and which no page can reach.
 */
function filesWith(profile: string, words: string): string[] {
  const files = readdirSync(profile, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.includes('/Sessions/'))
    .filter((path) => [words, Buffer.from(words, 'utf16le')].some((each) => readFileSync(path).includes(each)));
}
