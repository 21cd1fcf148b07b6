/** Two tabs over one store, of this build or of an older one. */
import { expect, test, type Page } from '@playwright/test';
import { expectAccessible } from './axe';
import { restore } from './restore';
import { SMALL, Studio } from './studio';

const PROSE = 'The whale is large, and the sea is wide. '.repeat(300);
const SETTINGS = { ...SMALL, 'Warm-up': 2, 'Evaluate every': 20 } as const;

/** A text is pasted, settings are small, and the device is WASM; nothing has been trained. */
async function prepared(page: Page, settings: Readonly<Record<string, number>>): Promise<Studio> {
  const studio = new Studio(page);
  await studio.open('/model');
  await studio.useDevice('WASM');
  await page.getByText('Seldom changed').click();
  await studio.set({ ...SETTINGS, ...settings });
  await studio.goTo('Text');
  await studio.paste(PROSE);
  return studio;
}

test('two tabs keep each other’s changes, and only one trains', async ({ page, context }) => {
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

test('a tab of the last build with one project trains to its end; at rest it is shut out, and what it stored is here', async ({
  page,
  context,
}) => {
  await restore(page, '1608a14');
  // What that build does: it holds a lock while it trains, and lets go of the storage where a newer version asks.
  await page.evaluate(async () => {
    const request = indexedDB.open('homegrown', 1);
    await new Promise((resolve) => (request.onsuccess = resolve));
    const database = request.result;
    database.onversionchange = () => database.close();
    let stop: () => void = () => undefined;
    const trained = new Promise<void>((resolve) => (stop = resolve));
    await new Promise<void>((begun) => {
      void navigator.locks.request('homegrown:training', () => {
        begun();
        return trained;
      });
    });
    Object.assign(globalThis, { database, stop });
  });
  type Old = typeof globalThis & { database: IDBDatabase; stop: () => void };
  /** As a save of its would. */
  const save = () =>
    page.evaluate(async () => {
      try {
        const transaction = (globalThis as Old).database.transaction('values', 'readwrite');
        transaction.objectStore('values').put({ revision: 9 }, 'saved');
        await new Promise((resolve) => (transaction.oncomplete = resolve));
        return 'saved';
      } catch (error) {
        return (error as DOMException).name;
      }
    });
  const newer = new Studio(await context.newPage());
  await newer.page.goto('/text');
  await expect(newer.page.getByText('trained in a tab of an earlier version of Homegrown')).toBeVisible();
  expect(await save()).toBe('saved');

  await page.evaluate(() => (globalThis as Old).stop());
  await newer.page.getByRole('button', { name: 'Reload' }).click();
  await newer.begun();
  await newer.goTo('Runs');
  await expect(newer.runs).toHaveCount(5);
  expect(await newer.stored('saved')).toEqual({ revision: 9 });
  expect(await save()).toBe('InvalidStateError');
  const opened = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open('homegrown', 1);
        request.onsuccess = () => resolve('opened');
        request.onerror = () => resolve(request.error?.name);
      }),
  );
  expect(opened).toBe('VersionError');
});
