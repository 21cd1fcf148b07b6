/** Cleaning of a long text: on every core, bit-identical to a single thread. */
import { availableParallelism } from 'node:os';
import { expect, test, type Worker } from '@playwright/test';
import { memoryStore } from '../src/core/base/blobStore';
import { unwatched } from '../src/core/base/job';
import { importDrop } from '../src/core/documents';
import { cleanText } from '../src/core/documents/clean/cleanText';
import { recommendedRecipe } from '../src/core/documents/clean/recipe';
import { once } from '../src/core/files/byteSource';
import { Studio } from './studio';

/** Distinct pages, 4.2 MB in total. */
const PAGES = Array.from({ length: 95 }, (_, i) => ({
  name: `page-${String(i).padStart(3, '0')}.txt`,
  text: `The  cafÃ© of day ${i} was open.\r\n\r\n\r\nWe have cause of great grati-\ntude to God.\n`.repeat(620),
}));

test('a long text is cleaned on every core, with the same result as in one thread', async ({ page }) => {
  const studio = new Studio(page);
  let started = 0;
  const isCleaner = (worker: Worker): boolean => worker.url().endsWith('#cleaner');
  page.on('worker', (worker) => (started += Number(isCleaner(worker))));
  await studio.openOnWasm();
  const files = PAGES.map(({ name, text }) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) }));
  await page.locator('input[type=file]:not([webkitdirectory])').first().setInputFiles(files);
  await page.getByRole('link', { name: 'Clean' }).click();
  const rules = page.getByRole('region', { name: 'Rules' });
  await rules.getByRole('button', { name: /^Apply \d+ rules?$/ }).click();
  await expect(rules).toContainText('Cleaned.', { timeout: 120_000 });
  const here = memoryStore();
  const sources = PAGES.map(({ name, text }) => {
    const bytes = Buffer.from(text);
    return { name, size: bytes.length, stream: () => once(bytes) };
  });
  const { text } = await importDrop(sources, here, { addedAt: 0 }, unwatched);
  const { text: cleaned } = await cleanText(here, text!, recommendedRecipe(), { at: 0 }, unwatched);
  const [key] = await studio.keys('cleaned/');
  expect(await studio.stored(key!)).toMatchObject({
    text: { sha256: cleaned!.sha256, documents: PAGES.length, chunkBytes: cleaned!.chunkBytes },
  });
  // One worker per core, ended when done.
  expect(started).toBe(Math.min(availableParallelism(), 8));
  expect(page.workers().filter(isCleaner)).toEqual([]);
  expect(studio.errors).toEqual([]);
});
