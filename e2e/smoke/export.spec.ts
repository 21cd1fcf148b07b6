/** Export: a file is downloaded, opened by a second engine, and verified, while every card stays in its place. */
import { test } from '@playwright/test';
import { checkCards } from '../exporting';
import { trainedModels } from '../../src/core/testing/trainedModel';

test('axe finds nothing and no card moves, before and after a check', async ({ page }, info) => {
  const [model] = await trainedModels();
  await checkCards(page, model!, info);
});
