/** Export: a file is downloaded, opened by a second engine, and verified, while the button stays in its place. */
import { test } from '@playwright/test';
import { checkExport } from '../exporting';
import { trainedModels } from '../../src/testing/trainedModel';

test('axe finds no violations and the button stays put, before and after verification', async ({ page }, info) => {
  const [model] = await trainedModels();
  await checkExport(page, model!, info);
});
