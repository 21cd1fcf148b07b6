/** Contents of the browser's storage before a page of the app opens. */
import type { Page } from '@playwright/test';
import type { Stored } from '../src/core/base/blobStore';
import { type Build, goldenValues } from '../src/testing/golden';

export type Values = readonly (readonly [key: string, value: Stored])[];

/** Writes values to IndexedDB from a page without the app's scripts. The app upgrades the database when it opens. */
export async function putValues(page: Page, values: Values): Promise<void> {
  const encoded = values.map(([key, value]): { key: string; bytes?: string; value?: object | string } =>
    value instanceof Uint8Array
      ? { key, bytes: Buffer.from(value).toString('base64') }
      : { key, value: value as object | string },
  );
  await page.goto('/icon.svg');
  await page.evaluate(async (all) => {
    const request = indexedDB.open('homegrown', 1);
    await new Promise((resolve, reject) => {
      request.onupgradeneeded = () => request.result.createObjectStore('values');
      request.onsuccess = resolve;
      request.onerror = reject;
    });
    const transaction = request.result.transaction('values', 'readwrite');
    for (const { key, bytes, value } of all) {
      const stored = bytes === undefined ? value : Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
      transaction.objectStore('values').put(stored, key);
    }
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = reject;
    });
    request.result.close();
  }, encoded);
}

/** Restores the stored values of an older build. */
export const restore = (page: Page, build?: Build): Promise<void> => putValues(page, goldenValues(build));
