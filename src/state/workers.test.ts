/** The slices from text to export over the real worker implementations, each behind a channel, on WASM. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { halvesOver, lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { seen } from '../testing/shown';

let page: TestStudio;
beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => page.close());

const SEA = 'The whale is large. The sea is wide. ';
/** A page with fast training settings. */
async function opened(store: BlobStore, halves = halvesOver(store)): Promise<TestStudio> {
  page = testStudio(store, halves);
  const { load, change, setRecipe } = page.studio.getState();
  await load();
  change({
    tokenizerChoice: { kind: 'bytes', vocabulary: 257 },
    model: { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 8 }, byHand: [] },
  });
  setRecipe({ steps: 4, batch: 2, evalEvery: 2, saveEvery: 2, evalTokens: 16, warmup: 1 });
  return page;
}

test('a run is prepared, trained, and sampled and verified during training', async () => {
  const store = memoryStore();
  const { studio } = await opened(store);
  const { getState } = studio;
  await getState().addPaste(SEA.repeat(200), 'sea.txt');
  // Rare saves, so that the exported checkpoint still exists during verification.
  getState().setRecipe({ steps: 1_000_000, saveEvery: 500, evalEvery: 500 });
  const running = getState().start();
  await vi.waitFor(() => expect(seen(getState()).model?.usable.step).toBeGreaterThan(0), 60_000);
  expect(getState().project).toMatchObject({ tokenizer: { size: 257 }, data: { texts: [getState().texts[0]!.id] } });

  getState().setSampling({ length: 12 });
  await getState().generate();
  expect(getState().writing).toMatchObject({ kind: 'done', reason: 'length' });
  expect(getState().written).toHaveLength(12);
  await getState().exportModel('hf');
  await vi.waitFor(() => expect(getState().exports.hf).toMatchObject({ kind: 'verified' }), 60_000);
  expect(seen(getState()).phase.kind).toBe('training'); // neither waited for the other

  getState().stop();
  await running;
  const { phase, model } = seen(getState());
  expect(phase).toMatchObject({ kind: 'stopped', of: 1_000_000 });
  await getState().resume(model!.usable.step + 3);
  expect(seen(getState()).phase).toMatchObject({ kind: 'finished', step: model!.usable.step + 3 });
  page.close();
  const next = seen((await opened(store)).studio.getState());
  expect(next).toMatchObject({ phase: { kind: 'finished' }, saved: { step: model!.usable.step + 3 } });
  expect(next.model?.log.evaluations.length).toBeGreaterThan(1);
}, 240_000);
