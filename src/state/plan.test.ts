/** The plan over the real worker implementations, each behind a channel, on WASM. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { buildSamples } from '../../scripts/samples';
import { memoryStore } from '../core/base/blobStore';
import { halvesOver, lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { seen } from '../testing/shown';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { recipeOf } from '../core/runs/segments';
import { expectedOf } from './plan';
import { initialProject } from '../core/runs/project';

let page: TestStudio;
beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => page.close());

/** A page with the start of a novel, on WASM. */
const pasted = async (): Promise<TestStudio['studio']> => {
  const store = memoryStore();
  page = testStudio(store, halvesOver(store));
  const studio = page.studio.getState();
  await studio.load();
  await studio.useDevice('wasm');
  await studio.addPaste(buildSamples()[0]!.text.slice(0, 40_000), 'whale.txt');
  return page.studio;
};

test('untouched settings follow the plan, and edited ones stay until the plan is used', async () => {
  const { getState } = await pasted();
  const plan = await getState().planFor(0.05);
  const { project } = getState();
  expect(project.model.config).toEqual(plan!.model.config);
  expect(project.recipe).toMatchObject({ evalEarly: true, schedule: 'linear', steps: plan!.recipe.steps });
  expect(expectedOf(getState())).toEqual(plan!.expected);

  getState().setModel('layers', 1);
  const other = await getState().planFor(5);
  expect(other!.recipe.steps).not.toBe(plan!.recipe.steps);
  expect(getState().project.model.config.layers).toBe(1);
  await getState().takePlan(5);
  expect(getState().project).toMatchObject({
    plan: { minutes: 5 },
    model: { config: other!.model.config, byHand: [] },
  });
}, 120_000);

test('a new project starts with the plan: corrected by real steps, and evaluated early', async () => {
  const { getState } = await pasted();
  getState().change({ plan: { ...initialProject().plan, minutes: 0.05 } });
  await getState().start();
  const { phase, model } = seen(getState());
  expect(phase.kind).toBe('finished');
  const recipe = recipeOf(model!.record);
  expect(recipe).not.toEqual(DEFAULT_RECIPE);
  expect(model!.log.evaluations.map(({ step }) => step)).toEqual(expect.arrayContaining([0, 10, 25]));
  const { device, granted } = getState();
  expect(device.kind === 'open' && device.info.slowness).toBeGreaterThan(0);
  expect(granted).toEqual({ runId: model!.record.id, milliseconds: 3000, steps: recipe.steps });
}, 240_000);
