import type { Page } from '@playwright/test';
import { type Build, goldenValues } from '../src/core/testing/golden';

/** Puts into IndexedDB what lay there, with nothing of today's at hand. */
export async function restore(page: Page, build?: Build): Promise<void> {
  const values = goldenValues(build).map(([key, value]): { key: string; bytes?: string; value?: object | string } =>
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
  }, values);
}
