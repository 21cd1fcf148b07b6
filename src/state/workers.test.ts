/** The slices from text to export over their workers' real halves, each behind a channel, on WASM. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { halvesOver, lonelyLocks, type TestStudio, testStudio } from '../core/testing/behindChannels';

let page: TestStudio;
beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => page.close());

const SEA = 'The whale is large. The sea is wide. ';
/** A page whose settings train in a moment. */
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

test('texts come in, are refused, removed and brought back, and stay in the next page', async () => {
  const store = memoryStore();
  const { getState } = (await opened(store)).studio;
  await getState().addFiles([
    { file: new File([SEA.repeat(30)], 'sea.txt'), name: 'sea.txt' },
    { file: new File([Uint8Array.of(0xff, 0xfe, 0xfd, 0, 1)], 'bad.txt'), name: 'bad.txt' },
    { file: new File([SEA.repeat(30)], 'again.txt'), name: 'again.txt' },
    { file: new File(['x'], '.DS_Store'), name: '.DS_Store' },
  ]);
  expect(getState().texts.map(({ name }) => name)).toEqual(['sea.txt']);
  expect(getState().refused).toMatchObject([{ name: 'bad.txt', failure: { code: 'bad-file' } }]);
  expect(getState().project.name).toBe('sea');
  const [text] = getState().texts;
  expect(await getState().preview(text!.id)).toBe(SEA.repeat(30));
  await getState().removeText(text!.id);
  expect(getState().texts).toEqual([]);
  getState().toasts.at(-1)!.undo!();
  await vi.waitFor(async () => expect(await page.data.call('listTexts', null)).toHaveLength(1));
  page.close();
  const next = (await opened(store)).studio.getState();
  expect(next).toMatchObject({ project: { name: 'sea' }, texts: [{ name: 'sea.txt' }] });
});

test('a run is prepared, trained, written with and checked while it goes on', async () => {
  const store = memoryStore();
  const { studio } = await opened(store);
  const { getState } = studio;
  await getState().addPaste(SEA.repeat(200), 'sea.txt');
  getState().setRecipe({ steps: 1_000_000 });
  const running = getState().start();
  await vi.waitFor(() => expect(getState().model?.saved.step).toBeGreaterThan(0), 60_000);
  expect(getState().project).toMatchObject({ tokenizer: { size: 257 }, data: { texts: [getState().texts[0]!.id] } });

  getState().setSampling({ length: 12 });
  await getState().generate();
  expect(getState().writing).toMatchObject({ kind: 'done', reason: 'length' });
  expect(getState().written).toHaveLength(12);
  await getState().exportModel('hf');
  await vi.waitFor(() => expect(getState().exports.hf?.kind).toBe('verified'), 60_000);
  expect(getState().phase.kind).toBe('training'); // it did not wait for the run, and the run not for it

  getState().stop();
  await running;
  const { phase, model } = getState();
  expect(phase).toMatchObject({ kind: 'stopped', of: 1_000_000 });
  await getState().resume(model!.saved.step + 3);
  expect(getState().phase).toMatchObject({ kind: 'finished', step: model!.saved.step + 3 });
  page.close();
  const next = (await opened(store)).studio.getState();
  expect(next).toMatchObject({ phase: { kind: 'finished' }, saved: { step: model!.saved.step + 3 } });
  expect(next.model?.log.evaluations.length).toBeGreaterThan(1);
}, 240_000);
