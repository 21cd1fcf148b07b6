/** Settings of the project when its run is trained longer than they state. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { modelSpec } from '../core/models';
import { usualConfig } from '../core/models/spec';
import { lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { seen } from '../testing/shown';
import { otherSettings } from './otherSettings';

let page: TestStudio;
beforeEach(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterEach(() => {
  page.close();
  vi.unstubAllGlobals();
});

test('settings follow a run that is trained longer: stopped midway it resumes, and edited settings stay', async () => {
  page = testStudio(memoryStore());
  const { getState } = page.studio;
  await getState().load();
  await getState().addPaste('The whale is large. The sea is wide. '.repeat(30), 'sea.txt');
  getState().change({
    tokenizerChoice: { kind: 'bytes', vocabulary: 257 },
    model: {
      id: 'gpt',
      config: usualConfig(modelSpec('gpt'), { layers: 1, heads: 1, width: 8, context: 8 }),
      byHand: [],
    },
  });
  getState().setRecipe({ steps: 2, batch: 2, evalEvery: 1000, saveEvery: 1000, evalTokens: 16, warmup: 1 });
  await getState().start();
  const before = getState().project.recipe;
  const running = getState().resume(1_000_000);
  await vi.waitFor(() => expect(seen(getState()).phase).toMatchObject({ kind: 'training' }), { timeout: 60_000 });
  getState().stop();
  await running;
  expect(getState().project.recipe).toEqual({ ...before, steps: 1_000_000 });
  await getState().loadRun();
  expect(seen(getState())).toMatchObject({ phase: { kind: 'stopped' }, run: { status: 'stopped' } });
  expect(otherSettings(getState())).toEqual([]);

  getState().setRecipe({ dropout: 0.3 });
  const again = getState().resume(2_000_000);
  await vi.waitFor(() => expect(seen(getState()).phase).toMatchObject({ kind: 'training' }), { timeout: 60_000 });
  getState().stop();
  await again;
  expect(getState().project.recipe).toEqual({ ...before, steps: 2_000_000, dropout: 0.3 });
  expect(otherSettings(getState())).toEqual([`dropout ${before.dropout} → 0.3`]);
});
