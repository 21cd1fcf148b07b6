/** A trained model on Export, and its files. */
import { readFile } from 'node:fs/promises';
import { expect, type Page, type TestInfo } from '@playwright/test';
import { unwatched } from '../src/core/base/job';
import type { Exported } from '../src/core/export/format';
import { huggingFaceFiles } from '../src/core/export/formats/huggingFace/write';
import { zipped } from '../src/core/files/zip';
import { COLORS, expectAccessible } from './axe';
import { Studio } from './studio';

/** Opens Export with an imported trained model. */
export async function bringIn(page: Page, model: Exported): Promise<Studio> {
  const studio = new Studio(page);
  await studio.openOnWasm('/export');
  const zip: Uint8Array[] = [];
  for await (const piece of zipped(huggingFaceFiles(model, { withOptimizer: true }), unwatched)) zip.push(piece);
  const file = { name: 'model.zip', mimeType: 'application/zip', buffer: Buffer.concat(zip) };
  await studio.importModel(file);
  await expect(studio.use('GGUF')).toBeEnabled();
  return studio;
}

/** Details of the chosen use. */
export const details = (page: Page) => page.getByRole('article');

/** Chooses a use and, if its format has several, a precision, and exports the file. */
export async function take(page: Page, name: string, info: TestInfo, precision?: string): Promise<Buffer> {
  const studio = new Studio(page);
  await studio.use(name).check({ force: true });
  const choice = page.getByRole('radiogroup', { name: 'Precision' });
  if (precision !== undefined && (await choice.isVisible()))
    await choice.getByRole('radio', { name: precision }).check({ force: true });
  const path = info.outputPath(name);
  await (await studio.exportAs(name)).saveAs(path);
  return readFile(path);
}

/** Expects no axe violations, and a button in a fixed place, before and after an export is verified. */
export async function checkExport(page: Page, model: Exported, info: TestInfo, rules?: typeof COLORS): Promise<void> {
  const studio = await bringIn(page, model);
  await studio.use('GGUF').check({ force: true });
  // Position in its pane, whatever the pane's scroll position.
  const place = async () => (await studio.exportButton.boundingBox())!.y - (await details(page).boundingBox())!.y;
  await expectAccessible(page, 'Export, before a check', rules);
  const before = await place();
  await take(page, 'GGUF', info);
  await expect(details(page).getByText('Exported and verified')).toBeVisible({ timeout: 90_000 });
  expect(await place()).toEqual(before);
  await expectAccessible(page, 'Export, verified', rules);
  const modelfile = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the Modelfile for Ollama' }).click();
  expect((await modelfile).suggestedFilename()).toMatch(/-F16\.Modelfile$/);
  expect(studio.errors).toEqual([]);
}
