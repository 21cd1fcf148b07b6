/** Format of Export's filled button. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestStudio } from '../../testing/behindChannels';
import { FINISHED, goldenPage } from '../../testing/goldenPage';
import { firstFormatOf, mainFormat } from './mainFormat';
import { stage } from './stage';
import type { Studio } from '../../state/slices/studio';

let page: TestStudio;
beforeAll(async () => {
  page = await goldenPage(FINISHED);
});
afterAll(() => page.close());

test('a new model is offered as an offline page, and the last exported format stays the choice if the model allows it', () => {
  const s = page.studio.getState();
  expect(mainFormat(s)).toBe('html');
  expect(stage.action!(s)).toMatchObject({ label: 'Export page' });
  const chosen: Studio = { ...s, exportChoice: 'gguf-f16' };
  expect(mainFormat(chosen)).toBe('gguf-f16');
  expect(firstFormatOf(chosen)).toBe('html'); // the order of the page is unchanged
  // No adapter was trained, so none can be exported.
  expect(mainFormat({ ...s, exportChoice: 'peft' })).toBe('html');
});
