/** A run started while texts are being read also trains on them. */
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { halvesOver, lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { shownRun } from './openRun';

const SEA = 'The whale is large. The sea is wide. ';
const PATIENT = { timeout: 60_000 };

let page: TestStudio;
/** Releases the delayed reads. */
let goOn: () => void;
let isHeld: Promise<void>;
beforeEach(() => {
  vi.stubGlobal('navigator', { locks: lonelyLocks() });
  isHeld = new Promise((resolve) => (goOn = resolve));
});
afterEach(() => page.close());
afterAll(() => vi.unstubAllGlobals());

/** A page with one text, or none, that trains in two steps, and another text that is still being read. */
async function reading(first = SEA.repeat(20)) {
  const store = memoryStore();
  const halves = halvesOver(store);
  const { importFiles } = halves.data;
  halves.data.importFiles = async (...call) => (await isHeld, importFiles(...call));
  page = testStudio(store, halves);
  const { getState } = page.studio;
  await getState().load();
  if (first !== '') await getState().addPaste(first, 'sea.txt');
  getState().change({ tokenizerChoice: { kind: 'bytes', vocabulary: 257 } });
  for (const [name, value] of Object.entries({ layers: 1, heads: 1, width: 8, context: 8 }))
    getState().setModel(name, value);
  getState().setRecipe({ steps: 2, warmup: 0, evalEvery: 2, saveEvery: 2, batch: 2 });
  const adding = getState().addFiles([{ file: new File(['An albatross. '.repeat(20)], 'bird.txt'), name: 'bird.txt' }]);
  return { getState, adding };
}

test('the run waits for the text, and trains on it', async () => {
  const { getState } = await reading();
  const running = getState().start();
  await vi.waitFor(() => expect(getState().training).not.toBeNull());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(shownRun(getState(), 'train').phase.kind).toBe('preparing');
  expect(getState()).toMatchObject({ tokenizing: { kind: 'idle' }, importing: { kind: 'busy' } });
  goOn();
  await running;
  const { phase, record } = shownRun(getState(), 'train');
  expect(phase.kind).toBe('finished');
  expect(record!.segments[0].data.facts!.texts.map(({ name }) => name)).toEqual(['sea.txt', 'bird.txt']);
}, 120_000);

test('the same holds for the first text', async () => {
  const { getState } = await reading('');
  const running = getState().start();
  await vi.waitFor(() => expect(getState().training).not.toBeNull());
  goOn();
  await running;
  const { phase, record } = shownRun(getState(), 'train');
  expect(phase.kind).toBe('finished');
  expect(record!.segments[0].data.facts!.texts.map(({ name }) => name)).toEqual(['bird.txt']);
}, 120_000);

test('a run stopped while it waits is none, and the text is still added', async () => {
  const { getState, adding } = await reading();
  const running = getState().start();
  await vi.waitFor(() => expect(getState().training).not.toBeNull());
  getState().stop();
  await running;
  expect(getState()).toMatchObject({ training: null, importing: { kind: 'busy' } });
  goOn();
  await adding;
  expect(getState().texts.map(({ name }) => name)).toEqual(['sea.txt', 'bird.txt']);
  expect(shownRun(getState(), 'train').phase.kind).toBe('idle');
}, 120_000);

test('if another project is open by then, each trains on its own texts', async () => {
  const { getState } = await reading();
  const running = getState().start();
  await vi.waitFor(() => expect(getState().training).not.toBeNull());
  const { runId } = getState().training!;
  await getState().newProject();
  expect(getState().texts).toEqual([]);
  goOn();
  await running;
  await vi.waitFor(() => expect(getState().opened[runId]?.phase.kind).toBe('finished'), PATIENT);
  expect(getState().opened[runId]!.record!.segments[0].data.facts!.texts).toHaveLength(2);
}, 120_000);
