/** Links with settings: preview, use, and undo. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { modelSpec } from '../core/models';
import { usualConfig } from '../core/models/spec';
import type { LinkedSettings } from '../core/runs/settingsLink';
import { lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { applySettings, copyLink, linkedIn, linkedWords, linkTo, settingsOfProject } from './linkedSettings';

const writeText = vi.fn((_: string) => Promise.resolve());
let page: TestStudio;
beforeEach(async () => {
  vi.stubGlobal('navigator', { locks: lonelyLocks(), clipboard: { writeText } });
  vi.stubGlobal('location', { href: 'https://homegrown.example/p/first/model' });
  page = testStudio(memoryStore());
  await page.studio.getState().load();
});
afterEach(() => {
  page.close();
  vi.unstubAllGlobals();
});

const linked: LinkedSettings = {
  model: {
    id: 'bert',
    config: usualConfig(modelSpec('bert'), { layers: 1, heads: 2, width: 16, context: 32 }),
  },
  tokenizer: { kind: 'bpe', vocabulary: 512 },
  recipe: { ...DEFAULT_RECIPE, objective: 'masked', steps: 77, learningRate: 0.002 },
};

test("a link replaces the project's settings except its prompt, and undo restores them", async () => {
  const { getState } = page.studio;
  getState().setRecipe({ samplePrompt: 'A private prompt' });
  const { model, recipe, tokenizerChoice } = getState().project;
  const found = linkedIn(new URL(linkTo(linked)).hash);
  if (!found || 'code' in found) throw new Error(JSON.stringify(found));
  expect(linkedWords(found)).toMatch(/^BERT, [\d.]+ k parameters, BPE 512 entries, 77 steps$/);
  applySettings(page.studio, found);
  expect(getState().project).toMatchObject({
    model: { id: 'bert', config: linked.model.config },
    recipe: { objective: 'masked', steps: 77, learningRate: 0.002, samplePrompt: 'A private prompt' },
    tokenizerChoice: { kind: 'bpe', vocabulary: 512 },
  });
  getState().toasts.at(-1)!.undo!();
  await vi.waitFor(() => expect(getState().project).toMatchObject({ model, recipe, tokenizerChoice }));
});

test('a copied link opens Model with the same settings and contains no prompt', async () => {
  page.studio.getState().setRecipe({ samplePrompt: 'A private prompt' });
  await copyLink(page.studio, settingsOfProject(page.studio.getState().project));
  const link = writeText.mock.calls.at(-1)![0];
  expect(link).toMatch(/^https:\/\/homegrown\.example\/model#model=gpt&/);
  expect(decodeURIComponent(link)).not.toContain('private');
  expect(page.studio.getState().toasts.at(-1)).toMatchObject({ text: 'Link copied' });
});

test('"a hash without settings is ignored, and an unreadable one is a failure"', () => {
  expect(linkedIn('')).toBeUndefined();
  expect(linkedIn('#main')).toBeUndefined();
  expect(linkedIn('#model=gpt&tokenizer=bytes&layers=0')).toMatchObject({ code: 'bad-settings' });
});
