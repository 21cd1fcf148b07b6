/** A tab of an older build sharing storage with a tab of this one. */
import { expect, test } from '@playwright/test';
import { restore } from './storage';
import { Studio } from './studio';

test('a tab of the last build with one project trains to its end; when idle it is locked out, and its saved data is here', async ({
  page,
  context,
}) => {
  await restore(page, '1608a14');
  // Mimics that build: it holds a lock while it trains, and closes the database when a newer version asks.
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
  /** Writes as a save of the older build would. */
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
  await expect(newer.page.getByText('A tab with an earlier version of Homegrown is training')).toBeVisible();
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
