/** A trained model on Export, and its files. */
import { readFile } from 'node:fs/promises';
import { expect, type Page, type TestInfo } from '@playwright/test';
import { unwatched } from '../src/core/base/job';
import type { Exported } from '../src/core/export/format';
import { huggingFaceFiles } from '../src/core/export/huggingFace';
import { zipped } from '../src/core/files/zip';
import { COLORS, expectAccessible } from './axe';
import { Studio } from './studio';

/** The studio with a trained model that was brought in, on its Export page. */
export async function bringIn(page: Page, model: Exported): Promise<Studio> {
  const studio = new Studio(page);
  await studio.openOnWasm('/export');
  const zip: Uint8Array[] = [];
  for await (const piece of zipped(huggingFaceFiles(model, { withOptimizer: true }), unwatched)) zip.push(piece);
  const file = { name: 'model.zip', mimeType: 'application/zip', buffer: Buffer.concat(zip) };
  await studio.choose('Choose zip…', file);
  await expect(page.getByRole('button', { name: 'Download GGUF' })).toBeVisible();
  return studio;
}

export const card = (page: Page, name: string) =>
  page.getByRole('article').filter({ has: page.getByRole('heading', { name, exact: true }) });

export async function take(page: Page, name: string, info: TestInfo): Promise<Buffer> {
  const download = page.waitForEvent('download');
  // The page's filled button names the size.
  const button = card(page, name).getByRole('button', {
    name: new RegExp(`^(Download( (again|step [\\d,]+),)? ${name}$|Export .* · )`),
  });
  await button.click();
  const path = info.outputPath(name);
  await (await download).saveAs(path);
  return readFile(path);
}

/** axe finds nothing and no card moves, before and after a check. */
export async function checkCards(page: Page, model: Exported, info: TestInfo, rules?: typeof COLORS): Promise<void> {
  const studio = await bringIn(page, model);
  const places = () => page.getByRole('article').evaluateAll((all) => all.map((one) => (one as HTMLElement).offsetTop));
  await expectAccessible(page, 'Export, before a check', rules);
  const before = await places();
  await take(page, 'GGUF', info);
  expect(await places()).toEqual(before);
  await expect(card(page, 'GGUF').getByText('Verified')).toBeVisible({ timeout: 90_000 });
  expect(await places()).toEqual(before);
  await expectAccessible(page, 'Export, verified', rules);
  const modelfile = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the Modelfile for Ollama' }).click();
  expect((await modelfile).suggestedFilename()).toMatch(/-F16\.Modelfile$/);
  expect(studio.errors).toEqual([]);
}
