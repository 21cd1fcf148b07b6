/** Action of the filled button, over the real worker implementations. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { modelSpec } from '../core/models';
import { usualConfig } from '../core/models/spec';
import { lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { guideOf, nextStep } from './nextStep';
import { shownRun } from './openRun';
import { takeStep } from './takeStep';
import { chosenStep } from './trained';

let page: TestStudio;
beforeEach(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterEach(() => {
  page.close();
  vi.unstubAllGlobals();
});

/** Text without a pattern, which a model can only memorize. */
function noise(characters: number): string {
  let [state, text] = [1, ''];
  while (text.length < characters) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += 'abcdefghijklmnop'.charAt(state >>> 28);
  }
  return text;
}

test('a finished run is sampled at its best step if later ones are worse', async () => {
  page = testStudio(memoryStore());
  const { getState } = page.studio;
  await getState().load();
  await getState().addPaste(noise(900), 'noise.txt');
  expect(nextStep(guideOf(getState()), 'train')).toMatchObject({ kind: 'start' });
  getState().change({
    tokenizerChoice: { kind: 'bytes', vocabulary: 257 },
    model: {
      id: 'gpt',
      config: usualConfig(modelSpec('gpt'), { layers: 1, heads: 1, width: 64, context: 16 }),
      byHand: [],
    },
  });
  getState().setRecipe({ steps: 160, batch: 8, learningRate: 0.01, evalEvery: 20, saveEvery: 20, evalTokens: 96, warmup: 1, dropout: 0 }); // prettier-ignore
  await getState().start();
  const run = () => shownRun(getState(), 'train');
  await getState().listSaved(run().id);
  const [best, latest] = [run().steps.find((step) => step.best), run().steps.find((step) => step.latest)];
  expect(best!.step).toBeLessThan(latest!.step);
  expect(await takeStep(page.studio, 'try')).toBe('/playground');
  expect(chosenStep(shownRun(getState(), 'playground'))!.step).toBe(best!.step);

  // A checkpoint that a person picked stays.
  getState().setWhich('playground', 'latest');
  await takeStep(page.studio, 'try');
  expect(chosenStep(shownRun(getState(), 'playground'))!.step).toBe(latest!.step);
});

test('a finished run with a far too high learning rate trains again at the default', async () => {
  page = testStudio(memoryStore());
  const { getState } = page.studio;
  await getState().load();
  await getState().addPaste(noise(900), 'noise.txt');
  getState().change({
    tokenizerChoice: { kind: 'bytes', vocabulary: 257 },
    model: {
      id: 'gpt',
      config: usualConfig(modelSpec('gpt'), { layers: 1, heads: 1, width: 16, context: 16 }),
      byHand: [],
    },
  });
  getState().setRecipe({ steps: 4, batch: 2, learningRate: 1, evalEvery: 2, saveEvery: 2, evalTokens: 96, warmup: 0, dropout: 0 }); // prettier-ignore
  await getState().start();
  const first = shownRun(getState(), 'train').id;
  const { needsRate } = guideOf(getState());
  expect(nextStep(guideOf(getState()), 'train')).toMatchObject({
    kind: 'train-at-rate',
    label: `Train again at learning rate ${needsRate}`,
  });
  expect(await takeStep(page.studio, 'train-at-rate')).toBe('/train');
  await expect.poll(() => shownRun(getState(), 'train').phase.kind, { timeout: 60_000 }).toBe('finished');
  const { id, record } = shownRun(getState(), 'train');
  expect(id).not.toBe(first);
  expect(record!.segments.at(-1)!.recipe.learningRate).toBe(needsRate);
});
