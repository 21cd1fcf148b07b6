/** The open project: linked settings, saves, and concurrent changes in two tabs. */
import { afterEach, expect, test, vi } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import { modelSpec } from '../core/models';
import { countParams } from '../core/models/spec';
import { optimizerOf } from '../core/optim';
import { goldenStoreOf, STOPPED } from '../testing/goldenPage';
import { type Browser, browserOver } from '../testing/tabs';
import { seen } from '../testing/shown';
import { usualRate } from './estimate';
import { initialProject, type Project } from '../core/runs/project';
import type { StudioStore } from './slices/studio';

let browser: Browser;
afterEach(() => browser.close());
/** Opens a number of tabs over a store. */
async function opened(store: BlobStore, tabs = 1): Promise<StudioStore[]> {
  browser = browserOver(store);
  const studios = Array.from({ length: tabs }, () => browser.tab().studio);
  for (const studio of studios) await studio.getState().load();
  return studios;
}
const keptIn = (studio: StudioStore | undefined) => vi.waitFor(() => expect(studio!.getState().kept).toBe('yes'));

test('the size dial keeps edited sizes, and a preset replaces them', async () => {
  const { getState } = (await opened(memoryStore()))[0]!;
  getState().setModel('layers', 3);
  getState().setModel('layers', 5);
  expect(getState().project.model).toMatchObject({ config: { layers: 5 }, byHand: ['layers'] });
  // The last size in the list is the one changed last.
  getState().setModel('heads', 2);
  getState().setModel('layers', 5);
  expect(getState().project.model.byHand).toEqual(['heads', 'layers']);
  getState().change({ model: { ...getState().project.model, byHand: ['layers'] } });
  getState().setSize(3e6);
  const { id, config } = getState().project.model;
  expect(config.layers).toBe(5);
  const sized = modelSpec(id).sized(3e6, 1024);
  expect(config).toEqual({ ...sized, layers: 5 });
  expect(Math.abs(countParams(modelSpec(id).params(sized, 1024)) / 3e6 - 1)).toBeLessThan(0.5);
  const preset = modelSpec(id).presets[1]!;
  getState().usePreset(preset.name);
  expect(getState().project.model).toMatchObject({ config: preset.config, byHand: [] });
  getState().usePreset('no such one');
  expect(getState().project.model.config).toEqual(preset.config);
});

test('another optimizer brings its default rate, unless the rate was edited', async () => {
  const { getState } = (await opened(memoryStore()))[0]!;
  const rate = () => getState().project.recipe.learningRate;
  getState().setRecipe({ optimizer: 'sgd' });
  expect(rate()).toBe(usualRate(getState().project, 'sgd'));
  expect(rate()).not.toBe(usualRate(getState().project, 'adamw'));
  getState().setRecipe({ learningRate: 0.123 });
  getState().setRecipe({ optimizer: 'adamw' });
  expect(getState().project).toMatchObject({ rateByHand: true, recipe: { optimizer: 'adamw', learningRate: 0.123 } });
  getState().setRecipe({ learningRate: usualRate(getState().project, 'adamw') });
  expect(getState().project.rateByHand).toBe(false);
  getState().setRecipe({ optimizer: 'sgd' });
  expect(rate()).toBe(usualRate(getState().project, 'sgd'));
  expect(optimizerOf('sgd').label).toBe('SGD');
  getState().setRecompute('on');
  expect(getState().project).toMatchObject({ recompute: 'on', recipe: { recompute: true } });
});

test('many changes cause one more save, and a failed save is shown until one succeeds', async () => {
  const inner = memoryStore();
  let commits = 0;
  let isFull = false;
  const [studio] = await opened({
    ...inner,
    commit(change) {
      commits++;
      return isFull ? Promise.reject(new HomegrownError('storage-full', 'No room for it')) : inner.commit(change);
    },
  });
  const { getState } = studio!;
  for (let batch = 1; batch <= 100; batch++) getState().setRecipe({ batch });
  expect(getState().kept).toBe('saving');
  await keptIn(studio);
  expect(commits).toBeLessThanOrEqual(2);
  expect(await inner.get('projects/first')).toMatchObject({ recipe: { batch: 100 } });

  isFull = true;
  getState().change({ name: 'Sea' });
  await vi.waitFor(() => expect(getState().kept).toBe('no'));
  expect(getState().toasts.at(-1)).toMatchObject({ text: 'The project could not be saved', detail: 'No room for it' });
  isFull = false;
  getState().setRecipe({ seed: 3 });
  await keptIn(studio);
  expect(await inner.get('projects/first')).toMatchObject({ name: 'Sea', recipe: { batch: 100, seed: 3 } });
});

test('two tabs: fields changed by one tab are kept, in one save each, and the later change of a shared field wins', async () => {
  const store = memoryStore();
  const [a, b] = await opened(store, 2);
  const changes: ((studio: StudioStore) => void)[] = [
    ({ getState }) => getState().change({ name: 'Sea' }),
    ({ getState }) => getState().setRecipe({ batch: 3 }),
    ({ getState }) => getState().setRecipe({ warmup: 7 }),
    ({ getState }) => getState().setModel('context', 32),
    ({ getState }) => getState().setModel('width', 96),
    ({ getState }) => getState().change({ split: { validation: 0.2, test: 0, seed: 0 } }),
    ({ getState }) => getState().change({ tokenizerChoice: { kind: 'bytes', vocabulary: 1024 } }),
    ({ getState }) => getState().setRecompute('off'),
  ];
  // Both at once, before either receives the other's change.
  changes.forEach((change, i) => change(i % 2 === 0 ? a! : b!));
  const { recipe, model } = initialProject();
  const both: Partial<Project> = {
    name: 'Sea',
    split: { validation: 0.2, test: 0, seed: 0 },
    tokenizerChoice: { kind: 'bytes', vocabulary: 1024 },
    recompute: 'off',
    recipe: { ...recipe, batch: 3, warmup: 7 },
    model: { ...model, config: { ...model.config, context: 32, width: 96 }, byHand: expect.anything() as never },
  };
  for (const studio of [a!, b!]) await vi.waitFor(() => expect(studio.getState().project).toMatchObject(both));
  await vi.waitFor(async () => expect(await store.get('projects/first')).toMatchObject(both));

  // The same field: the later save has read the other's.
  a!.getState().change({ name: 'Ahab' });
  b!.getState().change({ name: 'Starbuck' });
  await vi.waitFor(async () => {
    const { name } = (await store.get('projects/first')) as { name: string };
    expect([a!.getState().project.name, b!.getState().project.name]).toEqual([name, name]);
  });
});

test('two tabs: an old run never comes back, and the other tab reports the takeover', async () => {
  const store = await goldenStoreOf(STOPPED);
  const [a, b] = await opened(store, 2);
  expect(seen(b!.getState()).run?.id).toBe(STOPPED);
  a!.getState().change({ runId: null, name: 'Sea' });
  // The stale tab changes a setting before it receives the update.
  b!.getState().setRecipe({ batch: 3 });
  for (const studio of [a!, b!]) {
    await vi.waitFor(() =>
      expect(studio.getState().project).toMatchObject({ name: 'Sea', runId: null, recipe: { batch: 3 } }),
    );
    await keptIn(studio);
  }
  expect(await store.get('projects/first')).toMatchObject({ name: 'Sea', runId: null, recipe: { batch: 3 } });
  await vi.waitFor(() => expect(seen(b!.getState())).toMatchObject({ run: null, saved: null, model: null }));
  expect(b!.getState().toasts).toMatchObject([
    { text: 'The project changed in another tab', detail: 'updated here: name and run' },
  ]);
  expect(a!.getState().toasts).toMatchObject([{ detail: 'updated here: settings' }]);
});

test("two tabs: a run that trains here for another project does not hold this one's run", async () => {
  const store = await goldenStoreOf(STOPPED);
  const [a, b] = await opened(store, 2);
  b!.setState({ training: { projectId: 'other', runId: 'other run' } });
  a!.getState().change({ runId: null });
  await keptIn(a);
  b!.getState().setRecipe({ batch: 3 });
  await keptIn(b);
  expect(b!.getState().project).toMatchObject({ runId: null, recipe: { batch: 3 } });
  expect(await store.get('projects/first')).toMatchObject({ runId: null, recipe: { batch: 3 } });
});
