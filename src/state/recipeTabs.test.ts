/** Concurrent changes of one cleaning recipe in two tabs are both kept. */
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { type Recipe, recommendedRecipe } from '../core/documents/clean/recipe';
import { readProject } from '../core/runs/projects';
import { lonelyLocks } from '../testing/behindChannels';
import { type Browser, browserOver } from '../testing/tabs';
import type { StudioStore } from './slices/studio';

let browser: Browser;
beforeEach(() => void vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => browser.close());
async function tabs(store: BlobStore): Promise<[StudioStore, StudioStore]> {
  browser = browserOver(store);
  const pair: [StudioStore, StudioStore] = [browser.tab().studio, browser.tab().studio];
  for (const { getState } of pair) await getState().load();
  return pair;
}
const switchedOff = (recipe: Recipe, at: number): Record<string, unknown> => ({
  ...recipe,
  steps: recipe.steps.map((step, i) => (i === at ? { ...step, isOn: false } : step)),
});

test.each(['of a new project', 'that is stored'])('a recipe %s', async (which) => {
  const store = memoryStore();
  const [a, b] = await tabs(store);
  const recipe = { ...recommendedRecipe(), ...(which === 'that is stored' && { name: 'own' }) };
  a.getState().change({ name: 'Whale', ...(which === 'that is stored' && { cleaning: { ...recipe } }) });
  await a.getState().flush();
  await vi.waitFor(() => expect(b.getState().project.name).toBe('Whale'));
  for (let i = 0; i < 3; i++) {
    const now = (a.getState().project.cleaning ?? recipe) as unknown as Recipe;
    a.getState().change({ cleaning: switchedOff(now, 2 * i) });
    b.getState().change({ cleaning: switchedOff(now, 2 * i + 1) });
    await Promise.all([a, b].map((tab) => tab.getState().flush()));
    await Promise.all([a, b].map((tab) => tab.getState().catchUp()));
    const { project } = await readProject(store, a.getState().project.id);
    const off = (project.cleaning as unknown as Recipe).steps.flatMap(({ isOn }, at) => (isOn ? [] : [at]));
    expect(off).toEqual(Array.from({ length: 2 * i + 2 }, (_, at) => at));
    for (const tab of [a, b]) expect(tab.getState().project.cleaning).toEqual(project.cleaning);
  }
});
